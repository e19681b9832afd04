package io.plimsoll.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files that only their owner may read and write: made so from their first moment, and refused where they are not.
public final class PrivateFiles {
    private static final FileAttribute<Set<PosixFilePermission>> FILE = attribute("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY = attribute("rwx------");
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("------rwx");
    private static final int BYTES_MAX = 65_536;

    private PrivateFiles() {}

    /// Makes a new file; one that is there stays as it is.
    static void write(Path file, String text) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(file, options, FILE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    /// An empty file to be locked, made where there is none.
    static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FILE);
    }

    /// The directory and its parents; those that are there stay as they are.
    static void makeDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, DIRECTORY);
    }

    /// A new directory for the time until it is whole.
    static Path makeTemporaryIn(Path directory, String prefix) throws IOException {
        return Files.createTempDirectory(directory, prefix, DIRECTORY);
    }

    static String readPublic(Path file) {
        return read(file);
    }

    /// @throws CredentialsException also when others than owner and group may read the file
    public static String readSecret(Path file) {
        String text = read(file);
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (OTHERS.stream().anyMatch(permissions::contains)) {
                throw new CredentialsException(file + " can be read by everybody ("
                        + PosixFilePermissions.toString(permissions) + "); chmod 600 it, and think of whoever read it");
            }
            return text;
        } catch (IOException e) {
            throw new CredentialsException("cannot read " + file + ": " + e, e);
        }
    }

    private static String read(Path file) {
        try (FileChannel in = FileChannel.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX + 1);
            while (bytes.hasRemaining() && in.read(bytes) >= 0) {
                // on to the end of the file, or of what such a file may have
            }
            if (!bytes.hasRemaining()) {
                throw new CredentialsException(file + " has more than " + BYTES_MAX + " bytes");
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new CredentialsException(file + ": no such file", e);
        } catch (IOException e) {
            throw new CredentialsException("cannot read " + file + ": " + e, e);
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> attribute(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
