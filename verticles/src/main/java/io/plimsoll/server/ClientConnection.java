package io.plimsoll.server;

import io.plimsoll.wire.Digest;
import io.plimsoll.wire.Frame;
import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.Tls;
import io.plimsoll.wire.WireException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The socket of one connection on the server: bytes to messages and back. What they lead to is decided by its
/// [Conversation]. Lives on its verticle's event loop.
final class ClientConnection {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.tcp");

    /// A stranger may make us hold no more than this.
    private static final int HELLO_BYTES_MAX = 64 * 1024;

    final long number;
    final String remote;
    private final NetSocket socket;
    private final int frameBytesMax;
    private final Consumer<Conversation.Event> heard;
    private final FrameDecoder decoder;
    /// Whether the next frame may be the question for TLS.
    private boolean mayAsk;
    private boolean ended;
    private String failure = "";

    /// @param plain whether everybody who comes is believed
    /// @param closed told why where the connection failed, else told nothing
    ClientConnection(
            long number,
            NetSocket socket,
            int frameBytesMax,
            boolean plain,
            Consumer<Conversation.Event> heard,
            Consumer<String> closed) {
        this.number = number;
        this.remote = String.valueOf(socket.remoteAddress());
        this.socket = socket;
        this.frameBytesMax = frameBytesMax;
        this.mayAsk = plain;
        this.heard = heard;
        this.decoder = new FrameDecoder(Math.min(HELLO_BYTES_MAX, frameBytesMax));
        socket.handler(this::received);
        socket.exceptionHandler(e -> failure = "connection failed: " + e.getMessage());
        socket.closeHandler(_ -> closed.accept(failure));
    }

    void carryOut(Conversation.Action action) {
        switch (action) {
            case Conversation.Action.Say a -> say(a.message());
            case Conversation.Action.Read a when a.on() -> socket.resume();
            case Conversation.Action.Read _ -> socket.pause();
            case Conversation.Action.Refuse a -> {
                ended = true;
                socket.end(MessageCodec.encode(new Message.Refused(a.reason())));
            }
            case Conversation.Action.Cut _ -> {
                ended = true;
                socket.close();
            }
            case Conversation.Action.Admit _, Conversation.Action.Take _ ->
                throw new IllegalStateException("not for a socket: " + action);
        }
    }

    private void say(Message message) {
        if (ended) {
            return;
        }
        if (message instanceof Message.Welcome) {
            decoder.bodyBytesMax(frameBytesMax);
        }
        if (socket.writeQueueFull()) {
            failure = "does not read its acknowledgements";
            ended = true;
            socket.close();
        } else {
            socket.write(MessageCodec.encode(message));
        }
    }

    private void received(Buffer bytes) {
        if (ended) {
            return;
        }
        try {
            decoder.feed(bytes, this::frame);
            heard.accept(new Conversation.Event.Read(decoder.midFrame()));
        } catch (WireException e) {
            heard.accept(new Conversation.Event.Garbled(e.getMessage()));
        } catch (RuntimeException e) {
            // the decoder is out of step now, whoever is at fault
            LOG.error("connection-not-understood", e);
            heard.accept(new Conversation.Event.Garbled("what was sent could not be read: " + e));
        }
    }

    private void frame(Frame frame) {
        if (mayAsk && Tls.asks(frame)) {
            mayAsk = false;
            socket.write(Tls.plainly());
        } else if (!ended) {
            mayAsk = false;
            Message message = MessageCodec.decode(frame);
            long digest = message instanceof Message.Numbered ? Digest.of(frame.body()) : 0;
            heard.accept(new Conversation.Event.Said(message, digest));
        }
    }
}
