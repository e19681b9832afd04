package io.plimsoll.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.Samples;
import io.plimsoll.wire.WireException;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SpoolFileTest {
    private static final UUID RUN = new UUID(3, 4);

    @TempDir
    Path directory;

    /// A file as a kill, a power cut or a bad disk may leave it: what is read from it was written, whole, in order; and
    /// whatever the damage did not touch is read.
    @Test
    void aThousandDamagedFilesGiveNoWrongReportAndLoseNoneThatIsWhole() {
        int hellosLost = 0;
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            List<Buffer> frames = frames(random, 1 + random.nextInt(30));
            byte[] whole = bytes(frames);
            byte[] damaged = damage(whole, random);
            List<Long> untouched = untouched(frames, whole, damaged);
            SpoolFile read;
            try {
                read = SpoolFile.read(directory.resolve("x"), ByteBuffer.wrap(damaged));
            } catch (WireException e) {
                assertFalse(untouched.contains(0L), "seed " + seed + ": the hello was whole");
                hellosLost++;
                continue;
            }
            assertEquals(Optional.of(RUN), read.hello().run(), "seed " + seed);
            assertEquals(
                    untouched.stream().filter(n -> n > 0).toList(),
                    read.reports().stream().map(SpoolFile.Kept::sequence).toList(),
                    "seed " + seed);
            for (SpoolFile.Kept kept : read.reports()) {
                assertEquals(frames.get((int) kept.sequence()), kept.frame(), "seed " + seed);
            }
            boolean tornBetween = Arrays.equals(damaged, Arrays.copyOf(whole, damaged.length))
                    && read.reports().stream().mapToInt(k -> k.frame().length()).sum()
                                    + frames.getFirst().length()
                            == damaged.length;
            assertTrue(read.damagedBytes() > 0 || tornBetween, "seed " + seed + ": damage that nobody noticed");
        }
        assertTrue(hellosLost < 500, hellosLost + " of 1000 hellos were hit");
    }

    @Test
    void aFrameOfAnotherSessionsPastOrTwiceIsNotTaken() {
        List<Buffer> frames = frames(new Random(1), 5);
        Buffer stale = MessageCodec.encode(new Message.Numbered(2, Samples.report(new Random(99))));
        List<Buffer> with = new ArrayList<>(frames);
        with.add(4, stale);
        with.add(frames.get(3));
        SpoolFile read = SpoolFile.read(directory.resolve("x"), ByteBuffer.wrap(bytes(with)));
        assertEquals(
                frames.subList(1, 6),
                read.reports().stream().map(SpoolFile.Kept::frame).toList());
        assertEquals(stale.length() + frames.get(3).length(), read.damagedBytes());
    }

    @Test
    void aFileOfAnotherVersionIsNamedAsSuch() {
        byte[] bytes = bytes(frames(new Random(1), 2));
        ByteBuffer old = ByteBuffer.wrap(bytes);
        old.put(4, (byte) 1);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(bytes, 0, 20);
        crc.update(bytes, 24, old.getInt(8));
        old.putInt(20, (int) crc.getValue());
        WireException e = assertThrows(WireException.class, () -> SpoolFile.read(directory.resolve("x"), old));
        assertTrue(e.getMessage().contains("protocol version 1"), e.getMessage());
    }

    private static byte[] damage(byte[] whole, Random random) {
        byte[] damaged = whole.clone();
        switch (random.nextInt(4)) {
            case 0 -> damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
            case 1 -> {
                for (int i = 0; i <= random.nextInt(8); i++) {
                    damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 2 -> {
                // blocks of zeros, as a power cut leaves them
                int from = random.nextInt(damaged.length);
                Arrays.fill(damaged, from, Math.min(damaged.length, from + 512), (byte) 0);
            }
            default -> {
                damaged = Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return damaged;
    }

    /// Numbers of the frames that the damage left as they were; 0 is the hello.
    private static List<Long> untouched(List<Buffer> frames, byte[] whole, byte[] damaged) {
        List<Long> numbers = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < frames.size(); i++) {
            int end = at + frames.get(i).length();
            if (end <= damaged.length && Arrays.equals(whole, at, end, damaged, at, end)) {
                numbers.add((long) i);
            }
            at = end;
        }
        return numbers;
    }

    private static List<Buffer> frames(Random random, int reports) {
        List<Buffer> frames = new ArrayList<>(List.of(hello()));
        for (long n = 1; n <= reports; n++) {
            frames.add(MessageCodec.encode(new Message.Numbered(n, Samples.report(random))));
        }
        return frames;
    }

    private static byte[] bytes(List<Buffer> frames) {
        Buffer all = Buffer.buffer();
        frames.forEach(all::appendBuffer);
        return all.getBytes();
    }

    private static Buffer hello() {
        Message.Hello h = Samples.hello("s");
        return MessageCodec.encode(new Message.Hello(
                h.session(), h.instance(), h.host(), h.plan(), h.heartbeatMs(), Optional.of(RUN), true));
    }
}
