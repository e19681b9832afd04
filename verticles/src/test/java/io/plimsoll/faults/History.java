package io.plimsoll.faults;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// What one client says that it did, line by line in a file: what it meant to report, what it sent, what it was
/// told is committed. Each line is with the kernel before the client goes on, so that a kill takes none of them
/// back.
public final class History {
    private History() {}

    /// Writes it.
    public static final class Writer implements AutoCloseable {
        private final FileChannel file;

        public Writer(Path path, Session session) throws IOException {
            file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            line("session " + session.clientId() + " " + session.bootEpoch());
        }

        public void intent(long number, long digest) {
            line("intent " + number + " " + Long.toHexString(digest));
        }

        public void sent(long number) {
            line("sent " + number);
        }

        /// All up to that number are committed.
        public void acknowledged(long number) {
            line("acknowledged " + number);
        }

        /// Everything is.
        public void drained() {
            line("drained");
        }

        private synchronized void line(String line) {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
            try {
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /// As it was read.
    ///
    /// @param digests of what was meant to be reported, number 1 first
    /// @param sent the highest number that left
    /// @param acknowledged the highest one of which it was told
    /// @param drained whether it ended with everything acknowledged
    public record Told(Session session, List<Long> digests, long sent, long acknowledged, boolean drained) {}

    public static Told read(Path path) throws IOException {
        String text = Files.readString(path, StandardCharsets.US_ASCII);
        Session session = null;
        List<Long> digests = new ArrayList<>();
        long sent = 0;
        long acknowledged = 0;
        boolean drained = false;
        // what follows the last line break was not finished
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "session" -> session = new Session(new ClientId(words[1]), Long.parseLong(words[2]));
                case "intent" -> {
                    if (Long.parseLong(words[1]) != digests.size() + 1) {
                        throw new IOException(path + ": " + line + " after " + digests.size());
                    }
                    digests.add(Long.parseUnsignedLong(words[2], 16));
                }
                case "sent" -> sent = Math.max(sent, Long.parseLong(words[1]));
                case "acknowledged" -> acknowledged = Math.max(acknowledged, Long.parseLong(words[1]));
                case "drained" -> drained = true;
                default -> throw new IOException(path + ": " + line);
            }
        }
        return new Told(session, digests, sent, acknowledged, drained);
    }
}
