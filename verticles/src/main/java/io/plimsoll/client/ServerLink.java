package io.plimsoll.client;

import io.plimsoll.config.UplinkSettings;
import io.plimsoll.wire.Frame;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// A TCP connection to the server that is made again whenever it breaks, after the first time that it stood. Lives on
/// its verticle's event loop.
final class ServerLink {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.uplink");
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final long SILENCE_MS_MAX = 20_000;
    private static final long TICK_MS = 250;

    /// What happens on the link.
    interface Listener {
        void said(Message message);

        /// There is room to write again.
        void writable();

        void disconnected();

        /// There is no server, or none of ours, and there has never been one.
        void noServer(String reason);

        /// What the server says is not understood.
        void garbled(String reason);
    }

    private final Vertx vertx;
    private final UplinkSettings server;
    private final Supplier<Message.Hello> hello;
    private final BooleanSupplier answerDue;
    private final Listener listener;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
    private final NetClient client;
    private NetSocket socket;
    private FrameDecoder decoder;
    private long heardMs;
    private boolean welcomed;
    private boolean everWelcomed;
    private boolean closing;
    private boolean away;

    /// @param hello what to begin every connection with
    /// @param answerDue whether the server owes an answer; one that then says nothing for long is connected to anew
    ServerLink(
            Vertx vertx,
            UplinkSettings server,
            Supplier<Message.Hello> hello,
            BooleanSupplier answerDue,
            Listener listener) {
        this.vertx = vertx;
        this.server = server;
        this.hello = hello;
        this.answerDue = answerDue;
        this.listener = listener;
        this.client = vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true));
        vertx.setPeriodic(TICK_MS, _ -> tick());
    }

    void connect() {
        client.connect(server.port(), server.server())
                .onSuccess(this::connected)
                .onFailure(e -> {
                    if (everWelcomed) {
                        again(e.getMessage());
                    } else {
                        listener.noServer("no server at " + server.server() + ":" + server.port() + ": "
                                + e.getMessage() + "; start one with 'plimsoll server', or correct -sh and -t");
                    }
                });
    }

    /// Whether the server has welcomed this connection and there is room to write.
    boolean ready() {
        return welcomed && socket != null && !socket.writeQueueFull();
    }

    void write(Buffer frame) {
        socket.write(frame);
    }

    /// Our own address on the connection; empty while there is none.
    String localAddress() {
        return socket == null ? "" : socket.localAddress().host();
    }

    /// Ends the link for good.
    Future<Void> close() {
        closing = true;
        return client.close();
    }

    private void connected(NetSocket fresh) {
        socket = fresh;
        decoder = new FrameDecoder();
        heardMs = nowMs();
        socket.handler(this::received);
        socket.exceptionHandler(
                e -> LOG.atWarn().addKeyValue("reason", e.getMessage()).log("uplink-error"));
        socket.drainHandler(_ -> listener.writable());
        socket.closeHandler(_ -> closed());
        socket.write(MessageCodec.encode(hello.get()));
    }

    private void closed() {
        socket = null;
        welcomed = false;
        listener.disconnected();
        if (everWelcomed) {
            again("connection closed");
        } else if (!closing) {
            listener.noServer("the server at " + server.server() + ":" + server.port()
                    + " closed the connection; is it a Plimsoll server?");
        }
    }

    private void again(String reason) {
        if (!closing) {
            long waitMs = backoff.nextMs();
            // once for each time that the server goes away; the attempts in between tell nobody anything new
            LOG.atLevel(away ? Level.DEBUG : Level.WARN)
                    .addKeyValue("reason", reason)
                    .addKeyValue("retryMs", waitMs)
                    .log("server-away");
            away = true;
            vertx.setTimer(waitMs, _ -> connect());
        }
    }

    private void received(Buffer bytes) {
        heardMs = nowMs();
        try {
            decoder.feed(bytes, this::frame);
        } catch (WireException e) {
            closing = true;
            listener.garbled("the server's answer is not understood: " + e.getMessage());
        }
    }

    private void frame(Frame frame) {
        Message message = MessageCodec.decode(frame);
        if (message instanceof Message.Welcome) {
            welcomed = true;
            everWelcomed = true;
            backoff.reset();
            if (away) {
                away = false;
                LOG.atWarn().log("server-back");
            }
        }
        listener.said(message);
    }

    /// A server that owes an answer and says nothing may be gone without a trace.
    private void tick() {
        boolean due = socket != null && (!welcomed || answerDue.getAsBoolean());
        if (!due) {
            heardMs = nowMs();
        } else if (nowMs() - heardMs >= SILENCE_MS_MAX) {
            LOG.atWarn().addKeyValue("silentMs", nowMs() - heardMs).log("server-silent");
            socket.close();
        }
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
