package io.plimsoll.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameScanTest {
    @Test
    void findsEveryWholeFrameAmongNoiseAndCountsTheNoise() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Buffer all = Buffer.buffer();
            List<Buffer> whole = new ArrayList<>();
            long noiseBytes = 0;
            for (int i = 0; i < 20; i++) {
                Buffer frame = MessageCodec.encode(new Message.Numbered(1 + i, Samples.report(random)));
                if (random.nextInt(3) == 0) {
                    byte[] noise = noise(frame, random);
                    noiseBytes += noise.length;
                    all.appendBytes(noise);
                }
                whole.add(frame);
                all.appendBuffer(frame);
            }
            FrameScan scan = new FrameScan(ByteBuffer.wrap(all.getBytes()));
            for (int i = 0; i < 20; i++) {
                assertTrue(scan.next(), "seed " + seed);
                assertArrayEquals(whole.get(i).getBytes(), scan.frame(), "seed " + seed);
                assertEquals(1 + i, scan.sequence());
                assertEquals(whole.get(i).getByte(5), scan.type());
                assertEquals(
                        whole.get(i).getBuffer(Frame.HEADER_BYTES, whole.get(i).length()), Buffer.buffer(scan.body()));
            }
            assertFalse(scan.next(), "seed " + seed);
            assertFalse(scan.next(), "still not");
            assertEquals(noiseBytes, scan.damagedBytes(), "seed " + seed);
        }
    }

    @Test
    void lengthsThatLieAreNoFrames() {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, Frame.BODY_BYTES_MAX + 1, 1}) {
            ByteBuffer bytes = ByteBuffer.allocate(Frame.HEADER_BYTES);
            bytes.putInt(Frame.MAGIC)
                    .put((byte) Frame.VERSION)
                    .put((byte) 16)
                    .putShort((short) 0)
                    .putInt(length);
            FrameScan scan = new FrameScan(bytes.rewind());
            assertFalse(scan.next());
            assertEquals(Frame.HEADER_BYTES, scan.damagedBytes());
        }
        assertFalse(new FrameScan(ByteBuffer.allocate(0)).next());
    }

    /// Half a frame, a frame with a flipped bit, or anything at all.
    private static byte[] noise(Buffer frame, Random random) {
        byte[] bytes = frame.getBytes();
        switch (random.nextInt(3)) {
            case 0 -> {
                return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            default -> random.nextBytes(bytes);
        }
        return bytes;
    }
}
