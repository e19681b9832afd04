package io.plimsoll.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Finds the whole frames in bytes of which some may be damaged: a file whose end was torn off, or whose bits were
/// flipped. What lies between them is counted and never guessed at. Pure; one thread.
///
/// A frame is taken for one by its magic, its zeros, its length and its checksum. A body is JSON, in which no byte is
/// zero, so none can hold a frame.
public final class FrameScan {
    private final ByteBuffer bytes;
    private int at;
    private int length;
    private long damagedBytes;
    private int otherVersion;

    /// @param bytes from its position to its limit; not changed
    public FrameScan(ByteBuffer bytes) {
        this.bytes = bytes.slice();
    }

    /// Goes to the next whole frame; false where there is none any more.
    public boolean next() {
        int from = at + length;
        for (int candidate = from; candidate + Frame.HEADER_BYTES <= bytes.limit(); candidate++) {
            int bodyBytes = bodyBytesOfFrame(candidate);
            if (bodyBytes >= 0) {
                damagedBytes += candidate - from;
                at = candidate;
                length = Frame.HEADER_BYTES + bodyBytes;
                return true;
            }
        }
        damagedBytes += bytes.limit() - from;
        at = bytes.limit();
        length = 0;
        return false;
    }

    /// Type of the frame that was found last; see [Frame].
    public int type() {
        return bytes.get(at + 5) & 0xFF;
    }

    /// The frame that was found last, byte for byte as it is there.
    public byte[] frame() {
        return copy(at, length);
    }

    /// Its body alone.
    public byte[] body() {
        return copy(at + Frame.HEADER_BYTES, length - Frame.HEADER_BYTES);
    }

    public long sequence() {
        return bytes.getLong(at + 12);
    }

    /// Bytes passed over so far that are in no whole frame.
    public long damagedBytes() {
        return damagedBytes;
    }

    /// Version of a whole frame that was passed over because another version of the protocol wrote it; 0 for none.
    public int otherVersion() {
        return otherVersion;
    }

    /// Of the frame that begins there; -1 where none does.
    private int bodyBytesOfFrame(int candidate) {
        if (bytes.getInt(candidate) != Frame.MAGIC || bytes.getShort(candidate + 6) != 0) {
            return -1;
        }
        int bodyBytes = bytes.getInt(candidate + 8);
        boolean fits = bodyBytes >= 0
                && bodyBytes <= Frame.BODY_BYTES_MAX
                && bodyBytes <= bytes.limit() - candidate - Frame.HEADER_BYTES;
        if (!fits || bytes.getLong(candidate + 12) < 0) {
            return -1;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(candidate, Frame.CRC_OFFSET));
        crc.update(bytes.slice(candidate + Frame.HEADER_BYTES, bodyBytes));
        if ((int) crc.getValue() != bytes.getInt(candidate + Frame.CRC_OFFSET)) {
            return -1;
        }
        int version = bytes.get(candidate + 4) & 0xFF;
        if (version != Frame.VERSION) {
            otherVersion = version;
            return -1;
        }
        return bodyBytes;
    }

    private byte[] copy(int offset, int count) {
        byte[] copy = new byte[count];
        bytes.get(offset, copy);
        return copy;
    }
}
