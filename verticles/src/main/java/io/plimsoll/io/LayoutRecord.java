package io.plimsoll.io;

import io.plimsoll.io.FileSet.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is known of the files that were laid out in a directory: which of them are ours, and which hold data to
/// the end. On the disk a text with a line for each file, exchanged as a whole, so that a crash leaves the old
/// one or the new one. A line that cannot be read says nothing, and its file is laid out again. Files that only have
/// the record's names are nobody's but their owner's: they are neither read as one nor replaced.
final class LayoutRecord {
    static final String IN_DIRECTORY = ".layout";
    /// Of the file beside a single one.
    static final String BESIDE_FILE = ".plimsoll";
    static final String NEW_SUFFIX = ".new";

    private static final String MAGIC = "Files that plimsoll bench laid out: bytes, stamp, name, content.";
    private static final byte[] FIRST_LINE = (MAGIC + '\n').getBytes(StandardCharsets.ISO_8859_1);
    private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) (\\S+) (\\S+) (\\p{Print}*)");

    private static final int MODE = 0644;

    private final SafeTree directory;
    private final String name;
    private final Map<String, Entry> entries = new TreeMap<>();
    private boolean changed;

    /// @param bytes that hold data, from the beginning; 0 where none does for sure
    /// @param stamp which file it is, and when it was changed last or that a job has it
    ///     ([FileStatus#identity]); `-` where the directory's marker vouches for it
    record Entry(long bytes, String stamp, Shape content) {
        static final String UNSTAMPED = "-";
    }

    private LayoutRecord(SafeTree directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /// @throws TargetRefusedException where a file of somebody else has the name, or that of the next record
    static LayoutRecord read(SafeTree directory, String name) throws IOException {
        LayoutRecord record = new LayoutRecord(directory, name);
        checkOurs(directory, name);
        checkOurs(directory, name + NEW_SUFFIX);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(directory.read(name), StandardCharsets.ISO_8859_1))) {
            lines.lines().skip(1).forEach(record::line);
        } catch (NoSuchFileException _) {
            // No file was laid out yet.
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
        return record;
    }

    /// The beginning of the first line will do: who wrote it may have died then.
    private static void checkOurs(SafeTree directory, String name) throws IOException {
        Optional<FileStatus> there = directory.find(name);
        if (there.isEmpty()) {
            return;
        }
        if (there.get().isRegular()) {
            try (InputStream in = directory.read(name)) {
                byte[] begin = in.readNBytes(FIRST_LINE.length);
                if (Arrays.equals(begin, Arrays.copyOf(FIRST_LINE, begin.length))) {
                    return;
                }
            } catch (AccessDeniedException e) {
                throw TargetRules.cannotRead(directory.path().resolve(name), e);
            } catch (NoSuchFileException _) {
                return; // another benchmark has just made it the record
            }
        }
        throw new TargetRefusedException(
                directory.pathOf(name) + " was not made by Plimsoll, which needs the name; move it away");
    }

    private void line(String line) {
        Matcher m = LINE.matcher(line);
        if (m.matches()) {
            entries.put(decode(m.group(3)), new Entry(Long.parseLong(m.group(1)), m.group(2), Shape.of(m.group(4))));
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
    void store(PosixFiles posix, int directoryFd) throws IOException {
        StringBuilder text = new StringBuilder(MAGIC).append('\n');
        entries.forEach((file, e) -> text.append(e.bytes())
                .append(' ')
                .append(e.stamp())
                .append(' ')
                .append(encode(file))
                .append(' ')
                .append(e.content().words())
                .append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        String fresh = name + NEW_SUFFIX;
        String path = directory.pathOf(fresh);
        int fd = create(posix, directoryFd, fresh, path);
        try (Arena scratch = Arena.ofConfined()) {
            posix.writeFully(fd, scratch.allocateFrom(ValueLayout.JAVA_BYTE, bytes), bytes.length, 0, path);
            posix.fsync(fd, path);
        } catch (PosixException e) {
            try {
                posix.unlink(directoryFd, fresh, path);
            } catch (PosixException second) {
                e.addSuppressed(second);
            }
            throw e;
        } finally {
            posix.close(fd, path);
        }
        posix.rename(directoryFd, fresh, name, directory.pathOf(name));
        posix.fsyncDirectory(directoryFd, directory.path().toString());
        changed = false;
    }

    /// What a record's writer left that has died may go; what came to have the name since [#read] may not.
    private int create(PosixFiles posix, int directoryFd, String name, String path) throws IOException {
        int flags = PosixFiles.O_WRONLY | PosixFiles.O_CREAT | PosixFiles.O_EXCL | PosixFiles.O_NOFOLLOW;
        try {
            return posix.open(directoryFd, name, flags, MODE, path);
        } catch (PosixException e) {
            if (e.errno() != Errno.EEXIST.number) {
                throw e;
            }
        }
        checkOurs(directory, name);
        posix.unlink(directoryFd, name, path);
        return posix.open(directoryFd, name, flags, MODE, path);
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
