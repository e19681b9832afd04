package io.plimsoll.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a running Postgres says of itself in its data directory.
///
/// @param ready it accepts connections
record PostmasterPid(long pid, int port, boolean ready) {
    static final String FILE = "postmaster.pid";
    private static final int LINE_OF_PORT = 3;
    private static final int LINE_OF_STATUS = 7;

    /// Empty where there is none, or it is being written.
    static Optional<PostmasterPid> read(Path data) {
        try {
            List<String> lines = Files.readAllLines(data.resolve(FILE));
            long pid = Long.parseLong(lines.getFirst().strip());
            int port = lines.size() > LINE_OF_PORT
                    ? Integer.parseInt(lines.get(LINE_OF_PORT).strip())
                    : 0;
            boolean ready = lines.size() > LINE_OF_STATUS
                    && lines.get(LINE_OF_STATUS).strip().equals("ready");
            return Optional.of(new PostmasterPid(pid, port, ready));
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }

    /// Whether the process is a Postgres at work in this directory, not another one that has got the number since.
    boolean running(Path data) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            if (!Files.readString(process.resolve("cmdline")).contains("postgres")) {
                return false;
            }
        } catch (IOException _) {
            return false;
        }
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(data);
        } catch (IOException _) {
            // Not ours to look into: to take it for running errs on the safe side.
            return true;
        }
    }
}
