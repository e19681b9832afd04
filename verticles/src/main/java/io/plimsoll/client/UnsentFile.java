package io.plimsoll.client;

import io.plimsoll.model.Session;
import io.plimsoll.wire.Frame;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Reports that no server took, on disk: the very frames that would have gone over TCP, the session's hello first.
///
/// @param hello names the run and session that the reports belong to
/// @param reports in sequence
public record UnsentFile(Message.Hello hello, List<Message.Numbered> reports) {
    private static final long BYTES_MAX = 1L << 30;
    private static final int PIECE_BYTES = 1 << 16;

    public UnsentFile {
        reports = List.copyOf(reports);
    }

    /// Writes `plimsoll-unsent-<client>-<epoch>.frames` into `directory`, complete or not at all, synced.
    static Path write(Path directory, Session session, List<Buffer> frames) throws IOException {
        Files.createDirectories(directory);
        String name = "plimsoll-unsent-" + session.clientId() + "-" + session.bootEpoch() + ".frames";
        Path part = directory.resolve(name + ".part");
        try (FileChannel file = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (Buffer frame : frames) {
                ByteBuffer bytes = ByteBuffer.wrap(frame.getBytes());
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            }
            file.force(true);
        }
        return Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /// @throws WireException when the file is not such a file, or damaged
    public static UnsentFile read(Path path) throws IOException {
        if (Files.size(path) > BYTES_MAX) {
            throw new WireException(path + " is larger than any file of unsent reports");
        }
        List<Message> messages = new ArrayList<>();
        FrameDecoder decoder = new FrameDecoder();
        try (InputStream in = Files.newInputStream(path)) {
            for (byte[] piece = in.readNBytes(PIECE_BYTES); piece.length > 0; piece = in.readNBytes(PIECE_BYTES)) {
                decoder.feed(Buffer.buffer(piece), (Frame frame) -> messages.add(MessageCodec.decode(frame)));
            }
        }
        if (decoder.midFrame() || messages.isEmpty() || !(messages.getFirst() instanceof Message.Hello hello)) {
            throw new WireException(path + " is not a complete file of unsent reports");
        }
        List<Message.Numbered> reports = new ArrayList<>();
        for (Message m : messages.subList(1, messages.size())) {
            if (!(m instanceof Message.Numbered report)) {
                throw new WireException(path + " holds something other than reports");
            }
            reports.add(report);
        }
        return new UnsentFile(hello, reports);
    }
}
