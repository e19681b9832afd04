package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.io.TestMounts;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.Samples;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SpoolTest {
    private static final UUID RUN = new UUID(3, 4);

    @TempDir
    Path directory;

    @Test
    void whatIsAppendedIsInFilesOfBoundedSizeAndGoesWhenItIsAcknowledged() throws Exception {
        Spool spool = new Spool(directory.resolve("made/when/needed"), Samples.session("s"));
        assertFalse(Files.exists(directory.resolve("made")), "a run without trouble touches no disk");
        Random random = new Random(2);
        Buffer filler = MessageCodec.encode(new Message.Numbered(1, Samples.report(random)));
        int perAppend = (int) (Spool.SEGMENT_BYTES / filler.length()) + 1;
        long sequence = 0;
        List<Buffer> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<Buffer> reports = new ArrayList<>();
            for (int j = 0; j < perAppend; j++) {
                reports.add(MessageCodec.encode(new Message.Numbered(++sequence, Samples.report(random))));
            }
            all.addAll(reports);
            spool.append(hello(), reports, sequence).get(20, TimeUnit.SECONDS);
        }
        List<Path> files = SpoolFile.in(directory.resolve("made/when/needed"));
        List<Buffer> read = new ArrayList<>();
        for (Path file : files) {
            SpoolFile.read(file).reports().forEach(kept -> read.add(kept.frame()));
            assertEquals(
                    "rw-------",
                    java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assertEquals(all, read);
        assertTrue(files.size() >= 2, files.toString());
        spool.forget(sequence - 1).get(20, TimeUnit.SECONDS);
        assertEquals(List.of(files.getLast()), SpoolFile.in(directory.resolve("made/when/needed")));
        spool.append(hello(), List.of(numbered(++sequence)), sequence).get(20, TimeUnit.SECONDS);
        assertEquals(1, spool.end(true).get(20, TimeUnit.SECONDS).size());
        assertEquals(List.of(files.getLast()), SpoolFile.in(directory.resolve("made/when/needed")));
    }

    @Test
    void theEndDeletesEverything() throws Exception {
        Spool spool = new Spool(directory, Samples.session("s"));
        spool.append(hello(), List.of(numbered(1)), 1).get(20, TimeUnit.SECONDS);
        assertEquals(1, SpoolFile.in(directory).size());
        assertEquals(List.of(), spool.end(false).get(20, TimeUnit.SECONDS));
        assertEquals(List.of(), SpoolFile.in(directory));
    }

    @Test
    void afterAFailureNothingIsCalledWrittenAnyMore() throws Exception {
        Path small = directory.resolve("small");
        try (TestMounts _ = TestMounts.tmpfs(small, "256k")) {
            Path filler = Files.write(small.resolve("filler"), new byte[128 << 10]);
            Spool spool = new Spool(small, Samples.session("s"));
            spool.append(hello(), List.of(numbered(1)), 1).get(20, TimeUnit.SECONDS);
            List<Buffer> tooMuch = new ArrayList<>();
            for (long n = 2; n < 1_000; n++) {
                tooMuch.add(numbered(n));
            }
            var full = assertThrows(
                    ExecutionException.class,
                    () -> spool.append(hello(), tooMuch, 999).get(20, TimeUnit.SECONDS));
            assertTrue(full.getCause().getMessage().contains("No space"), full.toString());
            Files.delete(filler);
            long bytes = Files.size(SpoolFile.in(small).getFirst());
            assertThrows(
                    ExecutionException.class,
                    () -> spool.append(hello(), List.of(numbered(1_000)), 1_000).get(20, TimeUnit.SECONDS));
            assertEquals(bytes, Files.size(SpoolFile.in(small).getFirst()));
            assertTrue(SpoolFile.read(SpoolFile.in(small).getFirst()).reports().size() > 1, "what was whole is there");
            spool.end(false).get(20, TimeUnit.SECONDS);
        }
    }

    /// A file system that has less room below it than it believes: what is written is lost, and only fsync says so.
    @Test
    void aFailedSyncIsNeverTriedAgainAlthoughASecondOneWouldSucceed() throws Exception {
        Path below = directory.resolve("below");
        Path disk = directory.resolve("disk");
        try (TestMounts _ = TestMounts.tmpfs(below, "8m");
                TestMounts _ = TestMounts.ext4(disk, below.resolve("image"), "64m")) {
            Spool spool = new Spool(disk, Samples.session("s"));
            spool.append(hello(), List.of(numbered(1)), 1).get(20, TimeUnit.SECONDS);
            List<Buffer> tooMuch = java.util.Collections.nCopies(16, Buffer.buffer(new byte[1 << 20]));
            assertThrows(
                    ExecutionException.class,
                    () -> spool.append(hello(), tooMuch, 2).get(20, TimeUnit.SECONDS));
            assertThrows(
                    ExecutionException.class,
                    () -> spool.append(hello(), List.of(numbered(3)), 3).get(20, TimeUnit.SECONDS));
            spool.end(false).get(20, TimeUnit.SECONDS);
            assertEquals(List.of(), SpoolFile.in(disk));
        }
    }

    private static Buffer hello() {
        Message.Hello h = Samples.hello("s");
        return MessageCodec.encode(new Message.Hello(
                h.session(), h.instance(), h.host(), h.plan(), h.heartbeatMs(), Optional.of(RUN), true));
    }

    private static Buffer numbered(long n) {
        return MessageCodec.encode(new Message.Numbered(n, Samples.report(new Random(n))));
    }
}
