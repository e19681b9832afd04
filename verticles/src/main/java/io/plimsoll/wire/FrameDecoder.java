package io.plimsoll.wire;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/// Cuts a stream of bytes, in whatever pieces it arrives, into checked frames.
///
/// Holds at most one frame's bytes plus the last piece. What cannot become a frame is refused as early as it can be
/// known (a wrong first byte at once), so a stray connection never makes it wait or allocate. After an exception the
/// stream is out of step: close it. One thread.
public final class FrameDecoder {
    private int bodyBytesMax;
    private Buffer pending = Buffer.buffer();

    /// @param bodyBytesMax bound of a body, at most [Frame#BODY_BYTES_MAX]
    public FrameDecoder(int bodyBytesMax) {
        this.bodyBytesMax = Math.min(bodyBytesMax, Frame.BODY_BYTES_MAX);
    }

    public FrameDecoder() {
        this(Frame.BODY_BYTES_MAX);
    }

    /// @throws WireException when the bytes are not a frame; frames before them have been delivered
    public void feed(Buffer bytes, Consumer<Frame> frames) {
        Buffer all = pending.length() == 0 ? bytes : pending.appendBuffer(bytes);
        int at = 0;
        while (true) {
            int available = all.length() - at;
            checkBegin(all, at, available);
            if (available < Frame.HEADER_BYTES) {
                break;
            }
            int bodyBytes = bodyBytes(all, at);
            if (available < Frame.HEADER_BYTES + bodyBytes) {
                break;
            }
            frames.accept(frame(all, at, bodyBytes));
            at += Frame.HEADER_BYTES + bodyBytes;
        }
        // what is kept is copied only after a frame was cut off: a frame in many pieces is not copied for each of them
        pending = at == 0 ? all : all.getBuffer(at, all.length());
    }

    /// Allows larger or smaller bodies from the next frame on.
    public void bodyBytesMax(int bytes) {
        bodyBytesMax = Math.min(bytes, Frame.BODY_BYTES_MAX);
    }

    /// Whether bytes of an unfinished frame are waiting for the rest.
    public boolean midFrame() {
        return pending.length() > 0;
    }

    private static void checkBegin(Buffer all, int at, int available) {
        for (int i = 0; i < Math.min(4, available); i++) {
            if (all.getByte(at + i) != (byte) (Frame.MAGIC >>> (24 - 8 * i))) {
                throw new WireException("not the Plimsoll protocol: " + guess(all, at));
            }
        }
        if (available > 4 && all.getUnsignedByte(at + 4) != Frame.VERSION) {
            throw new WireException("speaks protocol version " + all.getUnsignedByte(at + 4) + ", this is version "
                    + Frame.VERSION + "; use the same version of Plimsoll on both sides");
        }
    }

    private int bodyBytes(Buffer all, int at) {
        if (all.getUnsignedShort(at + 6) != 0) {
            throw new WireException("frame has something where zeros are due");
        }
        long bodyBytes = all.getUnsignedInt(at + 8);
        if (bodyBytes > bodyBytesMax) {
            throw new WireException("frame announces a body of " + bodyBytes + " bytes, allowed: " + bodyBytesMax);
        }
        return (int) bodyBytes;
    }

    private static Frame frame(Buffer all, int at, int bodyBytes) {
        byte[] header = all.getBytes(at, at + Frame.HEADER_BYTES);
        byte[] body = all.getBytes(at + Frame.HEADER_BYTES, at + Frame.HEADER_BYTES + bodyBytes);
        if (Frame.crc(header, body) != all.getInt(at + Frame.CRC_OFFSET)) {
            throw new WireException("frame of " + bodyBytes + " bytes has a wrong checksum");
        }
        long sequence = all.getLong(at + 12);
        if (sequence < 0) {
            throw new WireException("frame has the negative sequence number " + sequence);
        }
        return new Frame(all.getUnsignedByte(at + 5), sequence, Buffer.buffer(body));
    }

    private static String guess(Buffer all, int at) {
        String begin = all.getString(at, Math.min(all.length(), at + 8), "ISO-8859-1");
        if (begin.matches("(?s)(GET|PUT|POST|HEAD|OPTIO|DELET|PATCH|CONNE|TRACE|PRI).*")) {
            return "looks like HTTP";
        }
        if (all.getByte(at) == 0x16) {
            return "looks like TLS";
        }
        if (begin.startsWith("SSH-")) {
            return "looks like SSH";
        }
        return "begins with byte 0x" + String.format("%02x", all.getUnsignedByte(at));
    }
}
