package io.plimsoll.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameTest {
    @Test
    void everyMessageSurvivesTheWireInWhateverPiecesItArrives() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<Message> sent = new ArrayList<>();
            Buffer bytes = Buffer.buffer();
            sent.add(Samples.hello("a"));
            sent.add(new Message.Ack(random.nextLong(1, Long.MAX_VALUE)));
            sent.add(new Message.HeartbeatsHeard(1, 2, 3));
            sent.add(new Message.Refused("no"));
            for (int i = 1; i < 20; i++) {
                sent.add(new Message.Numbered(i, Samples.report(random)));
            }
            sent.forEach(m -> bytes.appendBuffer(MessageCodec.encode(m)));

            FrameDecoder decoder = new FrameDecoder();
            List<Message> received = new ArrayList<>();
            for (int at = 0; at < bytes.length(); ) {
                int end = Math.min(bytes.length(), at + 1 + random.nextInt(random.nextBoolean() ? 3 : 5000));
                decoder.feed(bytes.getBuffer(at, end), f -> received.add(MessageCodec.decode(f)));
                at = end;
            }
            assertEquals(sent, received, "seed " + seed);
            assertFalse(decoder.midFrame(), "seed " + seed);
        }
    }

    @Test
    void aFlippedBitAnywhereIsNeverTakenForAFrame() {
        Buffer good = MessageCodec.encode(Samples.hello("a"));
        for (int bit = 0; bit < good.length() * 8; bit++) {
            Buffer bad = good.copy();
            bad.setByte(bit / 8, (byte) (bad.getByte(bit / 8) ^ 1 << bit % 8));
            List<Frame> frames = new ArrayList<>();
            FrameDecoder decoder = new FrameDecoder();
            try {
                decoder.feed(bad, frames::add);
                assertTrue(decoder.midFrame(), "bit " + bit);
            } catch (WireException e) {
                assertFalse(e.getMessage().isBlank());
            }
            assertEquals(List.of(), frames, "bit " + bit);
        }
    }

    @Test
    void strayConnectionsAreKnownByTheirFirstBytes() {
        assertTrue(refusal("GET / HTTP/1.1\r\n").contains("HTTP"));
        assertTrue(refusal("\u0016\u0003\u0001").contains("TLS"));
        assertTrue(refusal("SSH-2.0-OpenSSH").contains("SSH"));
        assertTrue(refusal("\n").contains("0x0a"));
        assertTrue(refusal("P!").contains("not the Plimsoll protocol"));
    }

    @Test
    void aHugeLengthIsRefusedFromTheHeaderAlone() {
        Buffer header = MessageCodec.encode(Samples.hello("a")).getBuffer(0, Frame.HEADER_BYTES);
        for (long length : new long[] {Frame.BODY_BYTES_MAX + 1L, Integer.MAX_VALUE, 0xffff_ffffL}) {
            Buffer bad = header.copy().setUnsignedInt(8, length);
            assertThrows(WireException.class, () -> new FrameDecoder().feed(bad, f -> {}));
        }
    }

    @Test
    void anotherVersionIsRefusedWithBothVersions() {
        Buffer bad = MessageCodec.encode(Samples.hello("a")).setByte(4, (byte) 9);
        String message = assertThrows(WireException.class, () -> new FrameDecoder().feed(bad, f -> {}))
                .getMessage();
        assertTrue(message.contains("9") && message.contains("version 2"), message);
    }

    @Test
    void bodiesAreReadStrictly() {
        refuse(16, 1, "{}", "RunStarted");
        refuse(20, 1, "{\"atMs\":1795000000000,\"kind\":\"IO_ERROR\",\"detail\":\"x\",\"more\":1}", "more");
        refuse(20, 1, "{\"atMs\":\"1795000000000\",\"kind\":\"IO_ERROR\",\"detail\":\"x\"}", "Happened");
        refuse(20, 1, "{\"atMs\":1,\"kind\":\"IO_ERROR\",\"detail\":\"x\"}", "event time is 1");
        refuse(20, 1, "{\"atMs\":1795000000000,\"kind\":\"IO_ERROR\",\"detail\":\"\\u0000\"}", "NUL");
        refuse(20, 1, "{\"atMs\":1795000000000,\"kind\":\"IO_ERROR\",\"detail\":null}", "detail");
        refuse(20, 0, "{\"atMs\":1795000000000,\"kind\":\"IO_ERROR\",\"detail\":\"x\"}", "sequence is 0");
        refuse(3, 0, "[".repeat(100_000), "Refused");
        refuse(3, 0, "{\"reason\":\"a\",\"reason\":\"b\"}", "reason");
        refuse(3, 0, "{\"reason\":\"a\"} x", "Refused");
        refuse(3, 0, "null", "null");
        refuse(99, 0, "", "unknown type 99");
    }

    private static void refuse(int type, long sequence, String body, String expected) {
        Frame frame = new Frame(type, sequence, Buffer.buffer(body));
        String message = assertThrows(WireException.class, () -> MessageCodec.decode(frame), body)
                .getMessage();
        assertTrue(message.contains(expected) && message.lines().count() == 1, message);
    }

    private static String refusal(String bytes) {
        Buffer buffer = Buffer.buffer(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return assertThrows(WireException.class, () -> new FrameDecoder().feed(buffer, f -> {}))
                .getMessage();
    }
}
