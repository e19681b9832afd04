package io.plimsoll.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the embedded Postgres prints, into `postgres.log` and, when that is full, `postgres.log.1`: at most twice
/// [#FILE_BYTES_MAX] on disk. Its last words are kept in memory for error messages.
final class PostgresLog {
    static final String FILE = "postgres.log";
    static final String FORMER = "postgres.log.1";
    static final long FILE_BYTES_MAX = 1 << 20;
    private static final int TAIL_BYTES_MAX = 4096;
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLog.class);

    private final Path file;
    private final Path former;
    private byte[] tail = {};
    private boolean writable = true;

    PostgresLog(Path directory) {
        file = directory.resolve(FILE);
        former = directory.resolve(FORMER);
    }

    /// Copies until the stream ends. A log that cannot be written never stops Postgres: the stream is read regardless.
    void copy(InputStream from) throws IOException {
        byte[] buffer = new byte[8192];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            remember(buffer, n);
            append(buffer, n);
        }
    }

    synchronized String lastWords() {
        String text = new String(tail, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "it printed nothing" : text;
    }

    private synchronized void remember(byte[] bytes, int n) {
        byte[] all = Arrays.copyOf(tail, tail.length + n);
        System.arraycopy(bytes, 0, all, tail.length, n);
        tail = all.length <= TAIL_BYTES_MAX ? all : Arrays.copyOfRange(all, all.length - TAIL_BYTES_MAX, all.length);
    }

    private void append(byte[] bytes, int n) {
        try {
            if (Files.exists(file) && Files.size(file) + n > FILE_BYTES_MAX) {
                Files.move(file, former, StandardCopyOption.REPLACE_EXISTING);
            }
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                out.write(bytes, 0, n);
            }
            writable = true;
        } catch (IOException e) {
            if (writable) {
                LOG.atWarn().addKeyValue("file", file).addKeyValue("error", e).log("postgres-log-not-writable");
            }
            writable = false;
        }
    }
}
