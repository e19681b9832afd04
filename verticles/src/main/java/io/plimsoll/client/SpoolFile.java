package io.plimsoll.client;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.Session;
import io.plimsoll.wire.Frame;
import io.plimsoll.wire.FrameScan;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Reports that no server has acknowledged, on disk: a hello that names their session and run, then the reports, all of
/// them the very frames that go over TCP. Written by a [Spool] while a server is away, and whole by an [UnsentFile] at
/// the end.
///
/// What is damaged in such a file is left out and counted, and what follows it is still there: a report is its frame,
/// byte for byte, with the number that it always had, or it is not there.
///
/// @param reports in the order of their numbers, which may have gaps
/// @param damagedBytes of the file, in no report
public record SpoolFile(Path path, Message.Hello hello, List<Kept> reports, long damagedBytes) {
    static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final long BYTES_MAX = 1L << 30;
    private static final String NAMES = "plimsoll-(spool|unsent)-.+\\.frames";

    /// A report as it was sent.
    public record Kept(long sequence, Buffer frame) {}

    public SpoolFile {
        reports = List.copyOf(reports);
    }

    static String segmentName(Session session, int number) {
        return "plimsoll-spool-%s-%d-%06d.frames".formatted(session.clientId(), session.bootEpoch(), number);
    }

    static String unsentName(Session session) {
        return "plimsoll-unsent-" + session.clientId() + "-" + session.bootEpoch() + ".frames";
    }

    /// Whether the name is one that files of this client have; those of `a-1` look like those of `a` too.
    static boolean mayBeOf(Path file, ClientId client) {
        return file.getFileName().toString().matches("plimsoll-(spool|unsent)-\\Q" + client + "\\E-.*");
    }

    /// All such files of a directory, older sessions and reports first.
    public static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file -> file.getFileName().toString().matches(NAMES))
                    .sorted()
                    .toList();
        }
    }

    /// @throws WireException where there is no hello that names a run, or another version of Plimsoll wrote it
    public static SpoolFile read(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            return read(path, file);
        }
    }

    /// By a channel that may hold a lock: to close another one of the same file would give the lock away.
    static SpoolFile read(Path path, FileChannel file) throws IOException {
        if (file.size() > BYTES_MAX) {
            throw new WireException("is larger than any such file");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
            // all of it
        }
        return read(path, bytes.flip());
    }

    static SpoolFile read(Path path, ByteBuffer bytes) {
        FrameScan scan = new FrameScan(bytes);
        Message.Hello hello = null;
        List<Kept> reports = new ArrayList<>();
        long last = 0;
        long strangeBytes = 0;
        while (scan.next()) {
            byte[] frame = scan.frame();
            Message message;
            try {
                message = MessageCodec.decode(new Frame(scan.type(), scan.sequence(), Buffer.buffer(scan.body())));
            } catch (WireException e) {
                message = null;
            }
            if (hello == null
                    && message instanceof Message.Hello first
                    && first.run().isPresent()) {
                hello = first;
            } else if (message instanceof Message.Numbered report && report.sequence() > last) {
                last = report.sequence();
                reports.add(new Kept(last, Buffer.buffer(frame)));
            } else {
                strangeBytes += frame.length;
            }
        }
        if (scan.otherVersion() != 0) {
            throw new WireException("was written by protocol version " + scan.otherVersion() + ", this is version "
                    + Frame.VERSION + "; submit it with the version of Plimsoll that wrote it");
        }
        if (hello == null) {
            throw new WireException("does not say to which run its reports belong");
        }
        return new SpoolFile(path, hello, reports, scan.damagedBytes() + strangeBytes);
    }

    static void write(FileChannel file, List<Buffer> frames) throws IOException {
        for (Buffer frame : frames) {
            ByteBuffer bytes = ByteBuffer.wrap(frame.getBytes());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        }
    }

    /// So that a name that was made or moved is there after a power cut.
    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }
}
