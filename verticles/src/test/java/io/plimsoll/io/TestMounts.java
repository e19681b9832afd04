package io.plimsoll.io;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Small file systems of a test's own, for faults that a plain directory cannot have. Needs root and the right to
/// mount; without it the test is skipped, visibly.
public final class TestMounts implements AutoCloseable {
    private final Path point;

    private TestMounts(Path point) {
        this.point = point;
    }

    public static TestMounts tmpfs(Path point, String size) throws IOException {
        return mount(point, "mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", point.toString());
    }

    /// Has no direct I/O, as tmpfs had none before Linux 6.6.
    public static TestMounts ramfs(Path point) throws IOException {
        return mount(point, "mount", "-t", "ramfs", "ramfs", point.toString());
    }

    /// Sparse, so that it may believe to be larger than what is below it: writes succeed then, and fsync does not.
    public static TestMounts ext4(Path point, Path image, String size) throws IOException {
        assumeTrue(run("truncate", "-s", size, image.toString()) == 0, "no image");
        assumeTrue(
                run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-E", "lazy_itable_init=1", image.toString()) == 0,
                "no ext4");
        return mount(point, "mount", "-o", "loop", image.toString(), point.toString());
    }

    /// As a user would make it, with a journal.
    ///
    /// @param fileSystem `ext4`, `xfs` or `btrfs`
    public static TestMounts made(String fileSystem, Path point, Path image, String size) throws IOException {
        assumeRoot();
        assumeTrue(run("truncate", "-s", size, image.toString()) == 0, "no image");
        String force = fileSystem.equals("ext4") ? "-F" : "-f";
        assumeTrue(run("mkfs." + fileSystem, "-q", force, image.toString()) == 0, "no " + fileSystem);
        return image(point, image);
    }

    /// An image that is there; what its file system has in a journal is carried out.
    public static TestMounts image(Path point, Path image) throws IOException {
        return mount(point, "mount", "-o", "loop", image.toString(), point.toString());
    }

    /// Copies an image as it is at one instant, whoever writes to it, as a power cut would leave it: on a file system
    /// that shares blocks between files.
    public static void copyAtOnce(Path image, Path copy) throws IOException {
        assumeTrue(run("cp", "--reflink=always", image.toString(), copy.toString()) == 0, "no shared blocks");
    }

    /// On a disk whose sectors are so large, as 4 KiB native disks have them.
    public static TestMounts ext4OfSectors(Path point, Path image, String size, int sectorBytes) throws IOException {
        assumeRoot();
        assumeTrue(run("truncate", "-s", size, image.toString()) == 0, "no image");
        String device = output("losetup", "--sector-size", sectorBytes + "", "--find", "--show", image.toString());
        assumeTrue(device.startsWith("/dev/"), "no loop device of such sectors");
        try {
            assumeTrue(run("mkfs.ext4", "-q", "-F", device) == 0, "no ext4");
            return mount(point, "mount", device, point.toString());
        } finally {
            run("losetup", "-d", device); // as soon as it is not mounted any more
        }
    }

    /// An image as a block device, which nobody has mounted.
    record Device(Path path) implements AutoCloseable {
        static Device of(Path image) throws IOException {
            assumeRoot();
            String device = output("losetup", "--find", "--show", image.toString());
            assumeTrue(device.startsWith("/dev/"), "no loop device");
            return new Device(Path.of(device));
        }

        @Override
        public void close() throws IOException {
            run("losetup", "-d", path.toString());
        }
    }

    /// A directory in a second place.
    static TestMounts bind(Path directory, Path point) throws IOException {
        return mount(point, "mount", "--bind", directory.toString(), point.toString());
    }

    static TestMounts mount(Path point, String... command) throws IOException {
        assumeRoot();
        Files.createDirectories(point);
        assumeTrue(run(command) == 0, "not allowed to mount");
        return new TestMounts(point);
    }

    private static void assumeRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
    }

    void remountReadOnly() throws IOException {
        assumeTrue(run("mount", "-o", "remount,ro", point.toString()) == 0, "not allowed to remount");
    }

    /// As ext4 does by itself after an error: read-only, also for files that are open.
    public void abort() throws IOException {
        assumeTrue(run("mount", "-o", "remount,abort", point.toString()) == 0, "not allowed to abort");
    }

    /// Writers wait in the kernel from now on, and cannot be killed: [#thaw] it in any case.
    public boolean freeze() throws IOException {
        return run("fsfreeze", "-f", point.toString()) == 0;
    }

    public void thaw() throws IOException {
        run("fsfreeze", "-u", point.toString());
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", point.toString());
    }

    static int run(String... command) throws IOException {
        return ended(command).code();
    }

    /// What a command says that ends well; empty where it does not.
    private static String output(String... command) throws IOException {
        Ended ended = ended(command);
        return ended.code() == 0 ? ended.output() : "";
    }

    private record Ended(int code, String output) {}

    private static Ended ended(String... command) throws IOException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException(command[0] + " does not end");
            }
            if (process.exitValue() != 0) {
                System.out.println(String.join(" ", command) + ": " + output.strip());
            }
            return new Ended(process.exitValue(), output.strip());
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
