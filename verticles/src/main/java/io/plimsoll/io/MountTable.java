package io.plimsoll.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The mounts of this process, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)). Lines that have not its form are
/// passed over.
record MountTable(List<Mount> mounts) {
    MountTable {
        mounts = List.copyOf(mounts);
    }

    /// @param options of the mount, then those of the file system that it does not repeat
    record Mount(long id, int major, int minor, Path mountPoint, String fileSystem, String source, String options) {}

    static MountTable ofThisProcess() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
        return parse(new String(bytes, StandardCharsets.UTF_8));
    }

    static MountTable parse(String mountinfo) {
        return new MountTable(mountinfo
                .lines()
                .map(MountTable::line)
                .flatMap(Optional::stream)
                .toList());
    }

    /// The mount with that number, which the kernel tells of an open file.
    Optional<Mount> byId(long id) {
        return mounts.stream().filter(m -> m.id() == id).findFirst();
    }

    /// The mount that a path is on: the longest mount point above it; of equal ones the last, which covers the others.
    Optional<Mount> byPath(Path real) {
        return mounts.stream()
                .filter(m -> real.startsWith(m.mountPoint()))
                .reduce((a, b) ->
                        b.mountPoint().getNameCount() >= a.mountPoint().getNameCount() ? b : a);
    }

    /// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`: any number of optional fields
    /// before the dash.
    private static Optional<Mount> line(String line) {
        String[] f = line.split(" ");
        int dash = 6;
        while (dash < f.length && !f[dash].equals("-")) {
            dash++;
        }
        // The last field may be empty, and the source too.
        if (dash + 2 >= f.length) {
            return Optional.empty();
        }
        Optional<Long> id = ProcFile.whole(f[0]);
        int colon = f[2].indexOf(':');
        Optional<Integer> major = deviceNumber(f[2].substring(0, Math.max(colon, 0)));
        Optional<Integer> minor = deviceNumber(f[2].substring(colon + 1));
        if (id.isEmpty() || major.isEmpty() || minor.isEmpty()) {
            return Optional.empty();
        }
        String mountPoint = unescape(f[4]);
        if (!mountPoint.startsWith("/") || mountPoint.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        Path point;
        try {
            point = Path.of(mountPoint);
        } catch (InvalidPathException e) {
            return Optional.empty(); // in a locale that is not UTF-8, no file of ours can be there either
        }
        return Optional.of(new Mount(
                id.get(),
                major.get(),
                minor.get(),
                point,
                unescape(f[dash + 1]),
                unescape(f[dash + 2]),
                options(unescape(f[5]), dash + 3 < f.length ? unescape(f[dash + 3]) : "")));
    }

    private static Optional<Integer> deviceNumber(String digits) {
        return ProcFile.whole(digits).filter(n -> n <= Integer.MAX_VALUE).map(Long::intValue);
    }

    private static String options(String ofMount, String ofFileSystem) {
        List<String> all = new ArrayList<>(List.of(ofMount.split(",")));
        for (String option : ofFileSystem.split(",")) {
            if (!option.isEmpty() && !all.contains(option)) {
                all.add(option);
            }
        }
        return String.join(",", all);
    }

    /// The kernel writes blank, tab, line feed, backslash (and in some fields `#`) as a backslash and three octal
    /// digits, each standing for a byte. All of those are ASCII, so the text around them may be UTF-8 already.
    static String unescape(String field) {
        StringBuilder text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\'
                    && i + 3 < field.length()
                    && field.substring(i + 1, i + 4).matches("[0-1][0-7]{2}")) {
                text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
