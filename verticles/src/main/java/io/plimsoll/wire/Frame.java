package io.plimsoll.wire;

import io.plimsoll.model.Require;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// One frame on TCP: a header of 24 bytes, big endian, and a body.
///
/// | bytes | what |
/// | --- | --- |
/// | 4 | magic `PLMS` |
/// | 1 | protocol version, 2 |
/// | 1 | type, see [MessageCodec] |
/// | 2 | zero |
/// | 4 | body length in bytes, at most [#BODY_BYTES_MAX] |
/// | 8 | sequence number of a report, or acknowledged; else 0 |
/// | 4 | CRC32C over the 20 bytes before it and the body |
///
/// @param type 0 to 255
public record Frame(int type, long sequence, Buffer body) {
    public static final int MAGIC = 0x504C_4D53;
    public static final int VERSION = 2;
    public static final int HEADER_BYTES = 24;
    public static final int BODY_BYTES_MAX = 1 << 20;
    static final int CRC_OFFSET = 20;

    public Frame {
        Require.inRange("frame type", type, 0, 255);
        Require.notNegative("sequence", sequence);
        Require.inRange("frame body bytes", body.length(), 0, BODY_BYTES_MAX);
    }

    public Buffer encode() {
        byte[] bodyBytes = body.getBytes();
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + bodyBytes.length);
        out.putInt(MAGIC).put((byte) VERSION).put((byte) type).putShort((short) 0);
        out.putInt(bodyBytes.length).putLong(sequence);
        out.putInt(crc(out.array(), bodyBytes)).put(bodyBytes);
        return Buffer.buffer(out.array());
    }

    static int crc(byte[] header, byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, CRC_OFFSET);
        crc.update(body, 0, body.length);
        return (int) crc.getValue();
    }
}
