package io.plimsoll.io;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs the system's `dd` for each chunk, to compare its account of the time with ours.
///
/// `dd` reads the chunk from a file in memory (nothing of that reaches the measured disk) and writes it at its place in
/// the data file, which this process holds open for fsync. Our time of a chunk includes starting the process.
///
/// A Ctrl-C goes to every process of the terminal: `dd` ignores it and ends with its chunk, as a stop wants it.
final class DdChunkEngine implements ChunkEngine {
    private static final int OUTPUT_BYTES_MAX = 64 * 1024;
    /// What is ignored stays so in the program that the shell becomes.
    private static final List<String> UNINTERRUPTED = List.of("sh", "-c", "trap '' INT TERM HUP; exec \"$0\" \"$@\"");
    /// Of POSIX's shell: not found, not to be executed.
    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTABLE = 126;

    /// `10000000 bytes (10 MB, 9.5 MiB) copied, 0.0041 s, 2.4 GB/s`; BusyBox says `seconds`.
    private static final Pattern SUMMARY = Pattern.compile(
            "(?m)^([0-9]{1,18}) bytes .*copied, ([0-9][0-9.]{0,30}(?:e[+-]?[0-9]{1,3})?) s(?:econds)?\\b");

    private final String program;
    private final Posix posix = new Posix();
    private final OpenFile file;
    private final Payload payload;
    private final long chunkBytes;
    private long toldNs = -1;

    DdChunkEngine(TargetDirectory target, long chunkBytes, long seed) throws PosixException {
        this(target, chunkBytes, seed, "dd");
    }

    DdChunkEngine(TargetDirectory target, long chunkBytes, long seed, String program) throws PosixException {
        this.program = program;
        this.chunkBytes = chunkBytes;
        file = new OpenFile(posix, target);
        try {
            payload = Payload.ofMemoryFile(posix, chunkBytes, seed);
        } catch (PosixException e) {
            posix.close();
            throw e;
        }
    }

    @Override
    public void open(String name) throws PosixException {
        file.open(name);
    }

    @Override
    public void prepare() {
        payload.stamp();
    }

    @Override
    public void write(long offset) throws PosixException {
        toldNs = -1;
        List<String> command = new ArrayList<>(UNINTERRUPTED);
        command.addAll(List.of(
                program,
                "if=" + payload.path(),
                "of=" + Path.of(file.path()).toAbsolutePath(),
                "bs=" + chunkBytes,
                "count=1",
                "seek=" + offset / chunkBytes,
                "conv=notrunc"));
        String output = run(command);
        Matcher summary = SUMMARY.matcher(output);
        if (!summary.find()) {
            throw new PosixException("dd", file.path(), 0, "it does not say how long it took: " + lastLine(output));
        }
        long written = Long.parseLong(summary.group(1));
        if (written != chunkBytes) {
            throw new PosixException("dd", file.path(), 0, "it wrote " + written + " of " + chunkBytes + " bytes");
        }
        toldNs = new BigDecimal(summary.group(2)).movePointRight(9).longValue();
    }

    private String run(List<String> command) throws PosixException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw notStarted(e.getMessage());
        }
        String output;
        int exit;
        try {
            process.getOutputStream().close();
            output = new String(process.getInputStream().readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
            exit = process.waitFor();
        } catch (IOException e) {
            throw new PosixException("dd", file.path(), 0, "its output cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PosixException("dd", file.path(), Errno.EINTR.number);
        } finally {
            process.destroyForcibly();
        }
        if (exit == NOT_FOUND || exit == NOT_EXECUTABLE) {
            throw notStarted(lastLine(output));
        }
        if (exit != 0) {
            String line = errorLine(output);
            throw new PosixException("dd", file.path(), Errno.guess(line), "dd ended with " + exit + ": " + line);
        }
        return output;
    }

    private PosixException notStarted(String why) {
        return new PosixException(
                "run " + program,
                file.path(),
                0,
                "it cannot be started; install coreutils or leave -dd away (" + why + ")");
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
    public long toldNs() {
        return toldNs;
    }

    @Override
    public void sync() throws PosixException {
        file.sync();
    }

    @Override
    public void closeFile() throws PosixException {
        file.close();
    }

    @Override
    public void delete(String name) throws PosixException {
        file.delete(name);
    }

    @Override
    public void close() throws PosixException {
        try (posix;
                payload) {
            if (file.isOpen()) {
                file.close();
            }
        }
    }
}
