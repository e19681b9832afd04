package io.plimsoll.wire;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// One heartbeat: a UDP datagram of at most [#BYTES_MAX] bytes, big endian.
///
/// | bytes | what |
/// | --- | --- |
/// | 4 | magic `PLHB` |
/// | 1 | version, 1 |
/// | 1 | phase, its place in [ClientPhase] |
/// | 1 | 1 where the client sent it by unicast, else 0 |
/// | 1 | length of the client id |
/// | 8 | boot epoch |
/// | 8 | counter, 1 for the first of the session |
/// | 8 | bytes written so far |
/// | 8 | longest scheduling delay since the last heartbeat, ns |
/// | n | client id, ASCII |
/// | 4 | CRC32C over all before it |
///
/// A heartbeat refreshes liveness and nothing else: it carries no orders and makes no client known.
public record Heartbeat(
        Session session, long counter, ClientPhase phase, boolean unicast, long bytesWritten, long schedulingDelayNs) {
    private static final int MAGIC = 0x504C_4842;
    private static final int VERSION = 1;
    private static final int FIXED_BYTES = 40;
    private static final int CRC_BYTES = 4;
    private static final ClientPhase[] PHASES = ClientPhase.values();
    public static final int BYTES_MAX = FIXED_BYTES + ClientId.CHARS_MAX + CRC_BYTES;

    public Heartbeat {
        Require.present("session", session);
        Require.positive("heartbeat counter", counter);
        Require.present("phase", phase);
        Require.notNegative("bytes written", bytesWritten);
        Require.notNegative("scheduling delay in ns", schedulingDelayNs);
    }

    public Buffer encode() {
        byte[] id = session.clientId().value().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + id.length + CRC_BYTES);
        out.putInt(MAGIC).put((byte) VERSION).put((byte) phase.ordinal());
        out.put((byte) (unicast ? 1 : 0)).put((byte) id.length);
        out.putLong(session.bootEpoch()).putLong(counter).putLong(bytesWritten).putLong(schedulingDelayNs);
        out.put(id);
        out.putInt(crc(out.array(), out.position()));
        return Buffer.buffer(out.array());
    }

    /// @throws WireException when the datagram is no heartbeat
    public static Heartbeat decode(Buffer datagram) {
        int length = datagram.length();
        if (length < FIXED_BYTES + 1 + CRC_BYTES || length > BYTES_MAX) {
            throw new WireException("datagram of " + length + " bytes is no heartbeat");
        }
        byte[] bytes = datagram.getBytes();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC) {
            throw new WireException("datagram of " + length + " bytes is no heartbeat");
        }
        int version = in.get() & 0xff;
        if (version != VERSION) {
            throw new WireException("heartbeat has version " + version + ", this is version " + VERSION);
        }
        int phase = in.get() & 0xff;
        int path = in.get() & 0xff;
        int idBytes = in.get() & 0xff;
        if (phase >= PHASES.length || path > 1 || length != FIXED_BYTES + idBytes + CRC_BYTES) {
            throw new WireException("heartbeat is malformed");
        }
        if (in.getInt(length - CRC_BYTES) != crc(bytes, length - CRC_BYTES)) {
            throw new WireException("heartbeat has a wrong checksum");
        }
        long bootEpoch = in.getLong();
        long counter = in.getLong();
        long bytesWritten = in.getLong();
        long delayNs = in.getLong();
        String id = new String(bytes, FIXED_BYTES, idBytes, StandardCharsets.ISO_8859_1);
        try {
            Session session = new Session(new ClientId(id), bootEpoch);
            return new Heartbeat(session, counter, PHASES[phase], path == 1, bytesWritten, delayNs);
        } catch (IllegalArgumentException e) {
            throw new WireException("heartbeat: " + e.getMessage(), e);
        }
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
