package io.plimsoll.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is known of the files that were laid out in a directory: which of them are ours, and which hold data to
/// the end. On the disk a text with a line for each file, exchanged as a whole, so that a crash leaves the old
/// one or the new one. A line that cannot be read says nothing, and its file is laid out again.
final class LayoutRecord {
    static final String IN_DIRECTORY = ".layout";
    /// Of the file beside a single one.
    static final String BESIDE_FILE = ".plimsoll";
    static final String NEW_SUFFIX = ".new";

    private static final String MAGIC = "Files that plimsoll bench laid out: bytes, stamp, name, content.";
    private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) (\\S+) (\\S+) (.*)");

    private final Path directory;
    private final String name;
    private final Map<String, Entry> entries = new TreeMap<>();
    private boolean changed;

    /// @param bytes that hold data, from the beginning; 0 where that is not sure
    /// @param stamp which file it is, and when it was changed last; `-` where the directory's marker vouches for
    ///     it
    /// @param content what the data is like, in words of those who make it
    record Entry(long bytes, String stamp, String content) {
        static final String UNSTAMPED = "-";
    }

    private LayoutRecord(Path directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    static LayoutRecord read(Path directory, String name) throws IOException {
        LayoutRecord record = new LayoutRecord(directory, name);
        Path file = directory.resolve(name);
        if (Files.isSymbolicLink(file)) {
            throw new TargetRefusedException(file + " is a symbolic link; remove it");
        }
        try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            var rest = lines.iterator();
            if (rest.hasNext() && !rest.next().equals(MAGIC)) {
                throw new TargetRefusedException(file + " was not made by Plimsoll; move it away");
            }
            rest.forEachRemaining(record::line);
        } catch (NoSuchFileException _) {
            // No file was laid out yet.
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
        return record;
    }

    private void line(String line) {
        Matcher m = LINE.matcher(line);
        if (m.matches()) {
            entries.put(decode(m.group(3)), new Entry(Long.parseLong(m.group(1)), m.group(2), m.group(4)));
        }
    }

    Optional<Entry> of(String file) {
        return Optional.ofNullable(entries.get(file));
    }

    void put(String file, Entry entry) {
        changed |= !entry.equals(entries.put(file, entry));
    }

    void remove(String file) {
        changed |= entries.remove(file) != null;
    }

    /// Whether the disk says something else.
    boolean changed() {
        return changed;
    }

    /// Makes the record on the disk say what this one says.
    void store(Posix posix, PosixFiles files, int directoryFd) throws PosixException {
        StringBuilder text = new StringBuilder(MAGIC).append('\n');
        entries.forEach((file, e) -> text.append(e.bytes())
                .append(' ')
                .append(e.stamp())
                .append(' ')
                .append(encode(file))
                .append(' ')
                .append(e.content())
                .append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        String fresh = name + NEW_SUFFIX;
        String path = directory.resolve(fresh).toString();
        int flags = Posix.O_WRONLY | Posix.O_CREAT | Posix.O_NOFOLLOW;
        int fd = posix.openAt(directoryFd, fresh, flags, 0644, path);
        try (Arena scratch = Arena.ofConfined()) {
            posix.truncate(fd, 0, path);
            posix.writeFully(fd, scratch.allocateFrom(ValueLayout.JAVA_BYTE, bytes), bytes.length, 0, path);
            posix.fsync(fd, path);
        } finally {
            posix.close(fd, path);
        }
        files.rename(directoryFd, fresh, name, directory.resolve(name).toString());
        syncDirectory(posix, directoryFd);
        changed = false;
    }

    /// Not every file system syncs directories; those that do not have nothing to sync.
    private void syncDirectory(Posix posix, int directoryFd) throws PosixException {
        int result = posix.sync(directoryFd, false);
        if (result != 0 && -result != Errno.EINVAL.number) {
            throw new PosixException("fsync", directory.toString(), -result);
        }
    }

    /// A single file may have any name: what could be taken for the end of a field is written as `%XX`.
    private static String encode(String name) {
        return java.net.URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String decode(String name) {
        try {
            return java.net.URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return name; // a name that no file has
        }
    }
}
