package io.plimsoll.server;

import io.plimsoll.wire.Frame;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.WireException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;

/// One TCP connection on the server: a hello first, then reports in sequence, acknowledged after their commit. Lives on
/// its verticle's event loop.
final class ClientConnection {
    /// A stranger may make us hold no more than this.
    private static final int HELLO_BYTES_MAX = 64 * 1024;

    private enum Phase {
        GREETING,
        ADMITTING,
        OPEN,
        CLOSED
    }

    /// What a connection needs of its verticle.
    interface Desk {
        /// The hello is complete; answer with [ClientConnection#admitted] or [ClientConnection#refuse].
        void hello(ClientConnection connection, Message.Hello hello);

        void report(ClientConnection connection, Persist.Numbered report);

        void closed(ClientConnection connection, String reason);
    }

    final long number;
    final String remote;
    private final NetSocket socket;
    private final TcpLimits limits;
    private final Desk desk;
    private final FrameDecoder decoder;
    private Phase phase = Phase.GREETING;
    private Message.Hello hello;
    private Local.Admitted admitted;
    private long lastSequence;
    private int waitingReports;
    private boolean pausedByDesk;
    private long deadlineMs;
    private long lastReceivedMs;
    private long closingSinceMs;
    private boolean received;
    private String closeReason = "closed by the client";

    ClientConnection(long number, NetSocket socket, TcpLimits limits, Desk desk, long nowMs) {
        this.number = number;
        this.remote = String.valueOf(socket.remoteAddress());
        this.socket = socket;
        this.limits = limits;
        this.desk = desk;
        this.decoder = new FrameDecoder(Math.min(HELLO_BYTES_MAX, limits.frameBytesMax()));
        this.deadlineMs = nowMs + limits.handshakeTimeoutMs();
        this.lastReceivedMs = nowMs;
        socket.handler(this::received);
        socket.exceptionHandler(e -> closeReason = "connection failed: " + e.getMessage());
        socket.closeHandler(_ -> closed());
    }

    /// The client's key in the database; 0 before it was admitted.
    long client() {
        return admitted == null ? 0 : admitted.client();
    }

    boolean wasAdmitted() {
        return admitted != null;
    }

    String who() {
        return hello == null ? "" : hello.session().clientId().value();
    }

    void admitted(Local.Admitted as, String serverVersion) {
        if (phase == Phase.ADMITTING) {
            admitted = as;
            phase = Phase.OPEN;
            decoder.bodyBytesMax(limits.frameBytesMax());
            send(new Message.Welcome(as.runUuid(), as.run(), limits.windowReports(), as.committed(), serverVersion));
            flow();
        }
    }

    /// Says why, then closes.
    void refuse(String reason) {
        if (phase != Phase.CLOSED) {
            String cut = reason.length() > 1000 ? reason.substring(0, 1000) : reason;
            closeReason = "refused: " + cut;
            phase = Phase.CLOSED;
            socket.end(MessageCodec.encode(new Message.Refused(cut)));
        }
    }

    void disconnect(String reason) {
        closeReason = reason;
        phase = Phase.CLOSED;
        socket.close();
    }

    void send(Message message) {
        if (phase != Phase.OPEN) {
            return;
        }
        if (socket.writeQueueFull()) {
            disconnect("does not read its acknowledgements");
        } else {
            socket.write(MessageCodec.encode(message));
        }
    }

    /// `count` reports up to `sequence` are committed.
    void committed(int count, long sequence) {
        waitingReports -= count;
        send(new Message.Ack(sequence));
        flow();
    }

    /// Stops or resumes reading because the verticle as a whole has too much, or enough room again.
    void pausedByDesk(boolean paused) {
        pausedByDesk = paused;
        flow();
    }

    /// Cuts the connection when its hello, the rest of a frame, or anything at all is overdue.
    void tick(long nowMs) {
        if (received || paused()) {
            lastReceivedMs = nowMs;
            received = false;
        }
        if (phase == Phase.CLOSED) {
            closingTicks(nowMs);
        } else if (phase == Phase.GREETING && nowMs >= deadlineMs) {
            disconnect(decoder.midFrame() ? "sent half a hello, then nothing" : "sent nothing");
        } else if (phase == Phase.OPEN) {
            if (!decoder.midFrame() || paused()) {
                deadlineMs = nowMs + limits.handshakeTimeoutMs();
            } else if (nowMs >= deadlineMs) {
                disconnect("sent half a frame, then nothing");
            }
            if (nowMs - lastReceivedMs >= limits.silenceTimeoutMs()) {
                disconnect("silent for " + limits.silenceTimeoutMs() / 1000.0 + " s");
            }
        }
    }

    /// A peer that does not read its refusal keeps its place no longer than one that does not say hello.
    private void closingTicks(long nowMs) {
        if (closingSinceMs == 0) {
            closingSinceMs = nowMs;
        } else if (nowMs - closingSinceMs >= limits.handshakeTimeoutMs()) {
            socket.close();
        }
    }

    private boolean paused() {
        return pausedByDesk || waitingReports >= limits.windowReports();
    }

    private void received(Buffer bytes) {
        if (phase == Phase.CLOSED) {
            return;
        }
        received = true;
        try {
            decoder.feed(bytes, this::frame);
        } catch (WireException e) {
            if (wasAdmitted()) {
                refuse(e.getMessage());
            } else {
                disconnect(e.getMessage());
            }
        }
    }

    private void frame(Frame frame) {
        Consumer<Message> handler = switch (phase) {
            case GREETING -> this::greeting;
            case OPEN -> this::report;
            case ADMITTING ->
                m -> {
                    throw new WireException("sent " + m.getClass().getSimpleName() + " before it was welcomed");
                };
            case CLOSED -> _ -> {};
        };
        handler.accept(MessageCodec.decode(frame));
    }

    private void greeting(Message message) {
        if (!(message instanceof Message.Hello first)) {
            throw new WireException("began with " + message.getClass().getSimpleName() + " instead of a hello");
        }
        hello = first;
        phase = Phase.ADMITTING;
        desk.hello(this, first);
    }

    private void report(Message message) {
        if (!(message instanceof Message.Numbered numbered)) {
            throw new WireException("sent " + message.getClass().getSimpleName() + " where a report was due");
        }
        if (lastSequence != 0 && numbered.sequence() != lastSequence + 1) {
            throw new WireException("sent report " + numbered.sequence() + " after " + lastSequence);
        }
        lastSequence = numbered.sequence();
        waitingReports++;
        desk.report(
                this, new Persist.Numbered(admitted.run(), admitted.client(), numbered.sequence(), numbered.report()));
        flow();
    }

    private void flow() {
        if (paused()) {
            socket.pause();
        } else if (waitingReports <= limits.windowReports() / 2) {
            socket.resume();
        }
    }

    private void closed() {
        phase = Phase.CLOSED;
        desk.closed(this, closeReason);
    }
}
