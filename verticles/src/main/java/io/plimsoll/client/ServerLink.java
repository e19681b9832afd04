package io.plimsoll.client;

import io.plimsoll.config.UplinkSettings;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.wire.Approach;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.Tls;
import io.plimsoll.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// At most one TCP connection to the server. Knows frames, and decides nothing. Lives on its verticle's event loop.
final class ServerLink {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.uplink");

    /// What happens on the link; of a connection that was cut, nothing more.
    interface Listener {
        void connected();

        void connectFailed(String why);

        /// Somebody is there, and it did not come to a word.
        void turnedAway(String why);

        /// There is a server, and one of us does not believe who the other is.
        void distrusted(String why);

        void closed();

        void said(Message message);

        /// What the server says is no message.
        void garbled(String why);

        /// There is room to write again.
        void writable();
    }

    private final Vertx vertx;
    private final UplinkSettings server;
    private final Listener listener;
    private final Future<Approach> approach;
    private final NetClient client;
    /// While both find out how to go on.
    private NetSocket opening;
    private NetSocket socket;

    /// @param approach where it fails, there is no connection
    ServerLink(Vertx vertx, UplinkSettings server, Future<Approach> approach, Listener listener) {
        this.vertx = vertx;
        this.server = server;
        this.approach = approach;
        this.listener = listener;
        this.client = vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout(Uplink.CONNECT_MS_MAX)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true));
    }

    void connect() {
        approach.onFailure(e -> vertx.runOnContext(_ -> listener.distrusted(e.getMessage())))
                .onSuccess(by -> client.connect(server.port(), server.server())
                        .onFailure(e -> listener.connectFailed(e.getMessage()))
                        .onSuccess(fresh -> open(fresh, by)));
    }

    private void open(NetSocket fresh, Approach by) {
        opening = fresh;
        Tls.connect(fresh, by)
                .onComplete(_ -> opening = null)
                .onSuccess(_ -> connected(fresh))
                .onFailure(e -> {
                    fresh.close();
                    if (e instanceof CredentialsException) {
                        listener.distrusted(e.getMessage());
                    } else {
                        listener.turnedAway(e.getMessage());
                    }
                });
    }

    /// Returns whether there is room for more. Without a connection, nothing is written.
    boolean write(Buffer frame) {
        if (socket == null) {
            return false;
        }
        socket.write(frame);
        return !socket.writeQueueFull();
    }

    void cut() {
        if (opening != null) {
            opening.close();
        }
        if (socket != null) {
            NetSocket last = socket;
            socket = null;
            last.close();
        }
    }

    /// Our own address on the connection; empty while there is none.
    String localAddress() {
        return socket == null ? "" : socket.localAddress().host();
    }

    /// Ends the link for good.
    Future<Void> close() {
        return client.close();
    }

    private void connected(NetSocket fresh) {
        socket = fresh;
        FrameDecoder decoder = new FrameDecoder();
        fresh.handler(bytes -> received(fresh, decoder, bytes));
        fresh.exceptionHandler(
                e -> LOG.atWarn().addKeyValue("reason", Tls.reason(e)).log("uplink-error"));
        fresh.drainHandler(_ -> {
            if (socket == fresh) {
                listener.writable();
            }
        });
        fresh.closeHandler(_ -> {
            if (socket == fresh) {
                socket = null;
                listener.closed();
            }
        });
        listener.connected();
    }

    private void received(NetSocket from, FrameDecoder decoder, Buffer bytes) {
        if (socket != from) {
            return;
        }
        try {
            decoder.feed(bytes, frame -> {
                Message message = MessageCodec.decode(frame);
                if (socket == from) {
                    listener.said(message);
                }
            });
        } catch (WireException e) {
            if (socket == from) {
                listener.garbled(e.getMessage());
            }
        }
    }
}
