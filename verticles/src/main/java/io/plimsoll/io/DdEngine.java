package io.plimsoll.io;

import io.plimsoll.model.BlockSizes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs the system's `dd` for each operation, to compare its account of the time with ours.
///
/// A slot's memory is a file in memory, which `dd` reads or writes (nothing of that reaches the measured disk); its
/// place in the data file is `seek` or `skip`. `dd` opens the file by the descriptor that is open here, also for fsync:
/// whatever has the file's name by then, it is this file that is read or written. Our time of an operation includes
/// starting the process.
///
/// An error of the storage is a result, with dd's own line as [#detail]. A dd that cannot be started, or does not say
/// how long it took, is an engine at its end. A Ctrl-C goes to every process of the terminal: `dd` ignores it and ends
/// with its operation, as a stop wants it.
final class DdEngine extends BlockingEngine {
    private static final int OUTPUT_BYTES_MAX = 64 * 1024;
    /// What is ignored stays so in the program that the shell becomes.
    private static final List<String> UNINTERRUPTED = List.of("sh", "-c", "trap '' INT TERM HUP; exec \"$0\" \"$@\"");
    /// Of POSIX's shell: not found, not to be executed.
    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTABLE = 126;

    /// `10000000 bytes (10 MB, 9.5 MiB) copied, 0.0041 s, 2.4 GB/s`; BusyBox says `seconds`.
    private static final Pattern SUMMARY = Pattern.compile(
            "(?m)^([0-9]{1,18}) bytes .*copied, ([0-9][0-9.]{0,30}(?:e[+-]?[0-9]{1,3})?) s(?:econds)?\\b");

    /// What dd needs to know, as it opens the file once more.
    ///
    /// @param path by which the user knows the file
    /// @param descriptor a name of this process's descriptor
    private record Opened(
            String path, String descriptor, OpenMode mode, List<String> readFlags, List<String> writeFlags) {}

    private final String program;
    private final PosixFiles posix = new PosixFiles();
    private final OpenFiles files;
    private final List<Opened> opened = new ArrayList<>();
    private final List<MemoryFile> memory = new ArrayList<>();
    private final long[] toldNs;

    DdEngine(int depth, BlockSizes blocks) throws PosixException {
        this(depth, blocks, "dd");
    }

    DdEngine(int depth, BlockSizes blocks, String program) throws PosixException {
        super(depth);
        this.program = program;
        files = new OpenFiles(posix, blocks);
        toldNs = new long[2 * depth];
        Arrays.fill(toldNs, -1);
        try {
            for (int i = 0; i < depth; i++) {
                memory.add(new MemoryFile(posix, blocks.maxBytes()));
            }
        } catch (PosixException e) {
            try {
                close();
            } catch (PosixException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    @Override
    public int open(FileRef ref, OpenMode mode) throws PosixException {
        int number = files.open(ref, mode);
        boolean direct = mode.direct()
                && !posix.status(files.fd(number), files.path(number)).isCharacterDevice();
        List<String> readFlags = direct ? List.of("direct") : List.of();
        List<String> writeFlags = new ArrayList<>(readFlags);
        switch (mode.sync()) {
            case NONE -> {}
            case DSYNC -> writeFlags.add("dsync");
            case SYNC -> writeFlags.add("sync");
        }
        while (opened.size() <= number) {
            opened.add(null);
        }
        String path = ref.path().toAbsolutePath().toString();
        opened.set(number, new Opened(path, descriptor(files.fd(number)), mode, readFlags, writeFlags));
        return number;
    }

    private static String descriptor(int fd) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
    }

    @Override
    public void close(int number) throws PosixException {
        files.close(number);
    }

    @Override
    public MemorySegment memory(int slot) {
        return memory.get(slot).bytes();
    }

    @Override
    int carryOutRead(int slot, int file, long offset, int at, int bytes) throws PosixException {
        Opened source = opened.get(file);
        if (!source.mode.read()) {
            return -Errno.EBADF.number;
        }
        List<String> command = command(bytes);
        side(command, "i", "skip", source.descriptor, offset, source.readFlags, bytes);
        side(command, "o", "seek", memory.get(slot).path(), at, List.of(), bytes);
        return run(command, slot, source);
    }

    @Override
    int carryOutWrite(int slot, int file, long offset, int at, int bytes) throws PosixException {
        Opened target = opened.get(file);
        if (!target.mode.write()) {
            return -Errno.EBADF.number;
        }
        List<String> command = command(bytes);
        side(command, "i", "skip", memory.get(slot).path(), at, List.of(), bytes);
        side(command, "o", "seek", target.descriptor, offset, target.writeFlags, bytes);
        return run(command, slot, target);
    }

    private List<String> command(int count) {
        List<String> command = new ArrayList<>(UNINTERRUPTED);
        command.addAll(List.of(program, "bs=" + count, "count=1", "conv=notrunc"));
        return command;
    }

    /// Places are in blocks, as every dd understands them; in bytes only where they must be.
    private static void side(
            List<String> command, String side, String place, String path, long at, List<String> flags, int count) {
        boolean whole = at % count == 0;
        command.add(side + "f=" + path);
        command.add(place + "=" + (whole ? at / count : at));
        List<String> all = new ArrayList<>(flags);
        if (!whole) {
            all.add(place + "_bytes");
        }
        if (!all.isEmpty()) {
            command.add(side + "flag=" + String.join(",", all));
        }
    }

    private int run(List<String> command, int slot, Opened file) throws PosixException {
        toldNs[slot] = -1;
        String path = file.path;
        Ended dd = end(command, path);
        if (dd.exit == NOT_FOUND || dd.exit == NOT_EXECUTABLE) {
            throw notStarted(path, lastLine(dd.output));
        }
        if (dd.exit != 0) {
            String line =
                    "dd ended with " + dd.exit + ": " + errorLine(dd.output).replace(file.descriptor, path);
            int errno = Errno.guess(line);
            if (errno == 0) {
                throw new PosixException("dd", path, 0, line);
            }
            explain(line);
            return -errno;
        }
        Matcher summary = SUMMARY.matcher(dd.output);
        if (!summary.find()) {
            throw new PosixException("dd", path, 0, "it does not say how long it took: " + lastLine(dd.output));
        }
        toldNs[slot] = new BigDecimal(summary.group(2)).movePointRight(9).longValue();
        return Math.toIntExact(Long.parseLong(summary.group(1)));
    }

    private record Ended(int exit, String output) {}

    private Ended end(List<String> command, String path) throws PosixException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw notStarted(path, e.getMessage());
        }
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new PosixException("dd", path, 0, "its output cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PosixException("dd", path, Errno.EINTR.number);
        } finally {
            process.destroyForcibly();
        }
    }

    private PosixException notStarted(String path, String why) {
        return new PosixException(
                "run " + program,
                path,
                0,
                "it cannot be started; install coreutils, or take another engine than dd (" + why + ")");
    }

    /// The line in which dd names itself; where it does not, the last one.
    private static String errorLine(String output) {
        return output.lines()
                .filter(line -> line.startsWith("dd:"))
                .findFirst()
                .orElseGet(() -> lastLine(output))
                .strip();
    }

    private static String lastLine(String output) {
        return output.isBlank()
                ? "it printed nothing"
                : output.strip().lines().toList().getLast();
    }

    @Override
    int carryOutSync(int slot, int file, boolean dataOnly) {
        toldNs[slot] = -1;
        return posix.sync(files.fd(file), dataOnly);
    }

    @Override
    public long toldNs(int i) {
        return toldNs[slot(i)];
    }

    @Override
    public void close() throws PosixException {
        try (posix) {
            PosixException first = null;
            try {
                files.close();
            } catch (PosixException e) {
                first = e;
            }
            for (MemoryFile file : memory) {
                try {
                    file.close();
                } catch (PosixException e) {
                    first = first == null ? e : first;
                }
            }
            if (first != null) {
                throw first;
            }
        }
    }
}
