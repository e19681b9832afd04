package io.plimsoll.wire;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/// The one frame that a peer may send before both know how the connection goes on. Whatever comes behind it
/// before then was put there by somebody else, or by a peer that cannot be understood. For the socket's context
/// only.
final class FirstFrame {
    private final Promise<Frame> first = Promise.promise();
    private final FrameDecoder decoder;
    private int frames;
    private boolean garbled;

    /// Takes the socket's handlers.
    ///
    /// @param msMax after which a peer that says nothing is given up
    FirstFrame(NetSocket socket, int bodyBytesMax, long msMax) {
        decoder = new FrameDecoder(bodyBytesMax);
        Vertx vertx = Vertx.currentContext().owner();
        long timer = vertx.setTimer(
                msMax,
                _ -> first.tryFail(
                        new WireException(decoder.midFrame() ? "half a frame, then nothing" : "says nothing")));
        first.future().onComplete(_ -> vertx.cancelTimer(timer));
        socket.handler(this::received);
        socket.exceptionHandler(first::tryFail);
        socket.closeHandler(_ -> first.tryFail(new WireException("closed before a word")));
    }

    Future<Frame> read() {
        return first.future();
    }

    /// Fails where anything but the one frame has come.
    Future<Void> nothingElse() {
        return frames == 1 && !garbled && !decoder.midFrame()
                ? Future.succeededFuture()
                : Future.failedFuture(new WireException("something came between its first frame and its handshake"));
    }

    private void received(Buffer bytes) {
        try {
            Frame[] last = new Frame[1];
            decoder.feed(bytes, frame -> {
                frames++;
                last[0] = frame;
            });
            if (frames == 1 && last[0] != null && !decoder.midFrame()) {
                first.tryComplete(last[0]);
            } else if (frames > 0) {
                first.tryFail(new WireException("more than one frame before an answer"));
            }
        } catch (WireException e) {
            garbled = true;
            first.tryFail(e);
        }
    }
}
