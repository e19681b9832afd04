package io.plimsoll.wire;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatTags;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One heartbeat: a UDP datagram of at most [#BYTES_MAX] bytes, big endian.
///
/// | bytes | what |
/// | --- | --- |
/// | 4 | magic `PLHB` |
/// | 1 | version, 2 |
/// | 1 | phase, its place in [ClientPhase] |
/// | 1 | 1 where the client sent it by unicast, else 0 |
/// | 1 | length of the client id |
/// | 8 | boot epoch |
/// | 8 | counter, 1 for the first of the session |
/// | 8 | when it was sent: ms since 1970 by the client's clock |
/// | 8 | bytes written so far |
/// | 8 | longest scheduling delay since the last heartbeat, ns |
/// | n | client id, ASCII |
/// | 16 | tag over all before it, see [HeartbeatTags] |
///
/// A heartbeat refreshes liveness and nothing else: it carries no orders and makes no client known.
public record Heartbeat(
        Session session, long counter, ClientPhase phase, boolean unicast, long bytesWritten, long schedulingDelayNs) {
    /// How far the clocks of client and server may differ where heartbeats are authenticated.
    public static final long CLOCK_TOLERANCE_MS = 120_000;

    private static final int MAGIC = 0x504C_4842;
    private static final int VERSION = 2;
    private static final int FIXED_BYTES = 48;
    private static final int SENT_AT = 24;
    private static final ClientPhase[] PHASES = ClientPhase.values();
    public static final int BYTES_MAX = FIXED_BYTES + ClientId.CHARS_MAX + HeartbeatTags.BYTES;

    public Heartbeat {
        Require.present("session", session);
        Require.positive("heartbeat counter", counter);
        Require.present("phase", phase);
        Require.notNegative("bytes written", bytesWritten);
        Require.notNegative("scheduling delay in ns", schedulingDelayNs);
    }

    /// @param sentAtMs wall clock
    public Buffer encode(long sentAtMs, HeartbeatTags tags) {
        byte[] id = session.clientId().value().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + id.length + HeartbeatTags.BYTES);
        out.putInt(MAGIC).put((byte) VERSION).put((byte) phase.ordinal());
        out.put((byte) (unicast ? 1 : 0)).put((byte) id.length);
        out.putLong(session.bootEpoch()).putLong(counter).putLong(sentAtMs);
        out.putLong(bytesWritten).putLong(schedulingDelayNs);
        out.put(id);
        tags.sign(out.array(), out.position());
        return Buffer.buffer(out.array());
    }

    /// Judges what a datagram says by itself, the cheapest first; whether it came before is not known here.
    ///
    /// @param nowMs wall clock
    /// @throws WireException when the datagram is no heartbeat, or not a genuine one of about now
    public static Heartbeat decode(Buffer datagram, long nowMs, HeartbeatTags tags) {
        int length = datagram.length();
        if (length <= FIXED_BYTES + HeartbeatTags.BYTES || length > BYTES_MAX) {
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
        int tagged = FIXED_BYTES + idBytes;
        if (phase >= PHASES.length || path > 1 || length != tagged + HeartbeatTags.BYTES) {
            throw new WireException("heartbeat is malformed");
        }
        long sentAtMs = in.getLong(SENT_AT);
        // in this form no difference overflows
        boolean timely = sentAtMs >= nowMs - CLOCK_TOLERANCE_MS && sentAtMs <= nowMs + CLOCK_TOLERANCE_MS;
        if (tags.authenticate() && !timely) {
            throw new WireException("heartbeat was sent at another time than now; an old one, or the clocks of client"
                    + " and server differ by more than " + CLOCK_TOLERANCE_MS / 1000 + " s");
        }
        if (!tags.genuine(bytes, tagged)) {
            throw new WireException(
                    tags.authenticate()
                            ? "heartbeat is not by a key of heartbeatKeys"
                            : "heartbeat has a wrong checksum, or is by a key and heartbeatKeys is not set here");
        }
        return content(
                in, PHASES[phase], path == 1, new String(bytes, FIXED_BYTES, idBytes, StandardCharsets.ISO_8859_1));
    }

    private static Heartbeat content(ByteBuffer in, ClientPhase phase, boolean unicast, String id) {
        long bootEpoch = in.getLong();
        long counter = in.getLong();
        in.getLong();
        long bytesWritten = in.getLong();
        long delayNs = in.getLong();
        try {
            Session session = new Session(new ClientId(id), bootEpoch);
            return new Heartbeat(session, counter, phase, unicast, bytesWritten, delayNs);
        } catch (IllegalArgumentException e) {
            throw new WireException("heartbeat: " + e.getMessage(), e);
        }
    }
}
