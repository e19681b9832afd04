package io.plimsoll.io;

import io.plimsoll.io.MountTable.Mount;
import io.plimsoll.model.TargetFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What a target directory lies on: file system, mount, device. What is unknown is empty, never guessed and never a
/// failure. One thread at a time; the target must not have been closed.
public final class TargetProbe implements AutoCloseable {
    private static final Path SYS = Path.of("/sys");

    private final PosixFiles posix = new PosixFiles();
    private final TargetDirectory target;
    private final Optional<Mount> mount;
    private final Optional<BlockDevice> device;
    private boolean open = true;

    public TargetProbe(TargetDirectory target) throws IOException {
        this.target = target;
        mount = mount(target);
        device = mount.flatMap(m -> device(SYS, m));
    }

    public TargetFacts facts() throws PosixException {
        FileSystemSpace space = space();
        return new TargetFacts(
                text(target.path().toString(), 4096),
                text(mount.map(m -> m.mountPoint().toString()).orElse(""), 4096),
                text(mount.map(Mount::fileSystem).orElse(""), 256),
                text(mount.map(Mount::source).orElse(""), 4096),
                text(mount.map(Mount::options).orElse(""), 4096),
                text(device.map(BlockDevice::name).orElse(""), 256),
                text(device.map(BlockDevice::model).orElse(""), 256),
                text(device.map(BlockDevice::scheduler).orElse(""), 256),
                space.sizeBytes(),
                space.freeBytes());
    }

    /// May block as long as a network file system does not answer.
    public FileSystemSpace space() throws PosixException {
        return posix.space(target.descriptor(), target.path().toString());
    }

    /// Empty where the target has no block device of this machine.
    public Optional<DeviceCounters> counters() {
        return device.flatMap(BlockDevice::counters);
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            posix.close();
        }
    }

    /// The kernel names the mount of an open file; where it does not (before Linux 3.15), the path decides.
    private static Optional<Mount> mount(TargetDirectory target) throws IOException {
        MountTable table = MountTable.ofThisProcess();
        Path info = Path.of("/proc/self/fdinfo/" + target.descriptor());
        Optional<Mount> named = Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("mnt_id:"))
                .map(line -> Long.parseLong(line.substring("mnt_id:".length()).strip()))
                .findFirst()
                .flatMap(table::byId);
        return named.isPresent() ? named : table.byPath(target.path().toRealPath());
    }

    /// By device number; file systems over several devices (btrfs) have a number of their own, so by source then.
    static Optional<BlockDevice> device(Path sys, Mount mount) {
        Optional<BlockDevice> byNumber = BlockDevice.of(sys, mount.major(), mount.minor());
        if (byNumber.isPresent() || !mount.source().startsWith("/dev/")) {
            return byNumber;
        }
        try {
            String name = Path.of(mount.source()).toRealPath().getFileName().toString();
            String[] number = Files.readString(
                            sys.resolve("class/block").resolve(name).resolve("dev"))
                    .strip()
                    .split(":");
            return BlockDevice.of(sys, Integer.parseInt(number[0]), Integer.parseInt(number[1]));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// Facts are shown, not parsed: what is too long is cut, and what is no text is marked.
    private static String text(String value, int charsMax) {
        String clean = new String(
                        value.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        java.nio.charset.StandardCharsets.UTF_8)
                .replace('\0', '?');
        return clean.length() <= charsMax
                ? clean
                : clean.substring(0, clean.offsetByCodePoints(0, charsMax / 2 - 1)) + "…";
    }
}
