package io.plimsoll.client;

import io.plimsoll.config.UplinkSettings;
import io.plimsoll.model.Report;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.plimsoll.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The client's way to the server: says hello, delivers numbered reports until each is acknowledged, over as many
/// connections as that takes. Completes its start when the server has welcomed the client.
final class UplinkVerticle extends VerticleBase implements ReportSink, ServerLink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.uplink");
    private static final int WELCOME_TIMEOUT_MS = 15_000;
    private static final long KEPT_BYTES_MAX = 64L << 20;

    /// What the server says besides acknowledgements; called on the uplink's event loop.
    interface Listener {
        void heartbeatsHeard(Message.HeartbeatsHeard heard);

        void stopOrdered(String reason);

        /// Nothing more can be delivered to this server.
        void refused(String reason);

        /// More is undelivered than memory is meant for: the run must end.
        void full();

        /// The uplink is undeployed. Vert.x stops what a verticle has deployed before the verticle itself, so whoever
        /// has something left to deliver takes the time for it here. Bounded.
        Future<?> closing();
    }

    private final UplinkSettings server;
    private final Message.Hello hello;
    private final Listener listener;
    private final Delivery<Buffer> delivery;
    private final Promise<Message.Welcome> firstWelcome = Promise.promise();
    private final Promise<Void> drained = Promise.promise();
    private ServerLink link;
    private Optional<UUID> run;
    private boolean draining;

    /// @param firstSequence number of the first report that will be offered
    UplinkVerticle(UplinkSettings server, Message.Hello hello, long firstSequence, Listener listener) {
        long sentBefore = hello.late() ? Long.MAX_VALUE : 0;
        this.delivery = new Delivery<>(firstSequence, sentBefore, KEPT_BYTES_MAX, Buffer::length);
        this.server = server;
        this.hello = hello;
        this.run = hello.run();
        this.listener = listener;
    }

    @Override
    public Future<?> start() {
        link = new ServerLink(vertx, server, () -> hello(false), delivery::waiting, this);
        link.connect();
        return firstWelcome
                .future()
                .timeout(WELCOME_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .recover(e -> {
                    boolean silent = e instanceof TimeoutException;
                    return Future.failedFuture(
                            silent
                                    ? new ServerUnreachableException(
                                            "the server at " + server.server() + ":" + server.port()
                                                    + " accepts connections but does not answer; is it a Plimsoll"
                                                    + " server?")
                                    : e);
                });
    }

    @Override
    public Future<?> stop() {
        return listener.closing().otherwiseEmpty().compose(_ -> link.close());
    }

    /// The server's first welcome.
    Future<Message.Welcome> welcome() {
        return firstWelcome.future();
    }

    /// The address from which the server is reached: it tells which interface leads there.
    String localAddress() {
        return link.localAddress();
    }

    @Override
    public void accept(Report report) {
        offer(sequence -> new Message.Numbered(sequence, report));
    }

    /// As [#accept], for a report that names its own number.
    void offer(LongFunction<Message.Numbered> report) {
        context.runOnContext(_ -> {
            delivery.offer(sequence -> MessageCodec.encode(report.apply(sequence)));
            if (delivery.full()) {
                listener.full();
            }
            writable();
        });
    }

    /// Completes when everything that was offered is acknowledged; fails after the timeout. Call it last.
    Future<Void> drain(long timeoutMs) {
        context.runOnContext(_ -> {
            draining = true;
            checkDrained();
        });
        return drained.future().timeout(Math.max(1, timeoutMs), TimeUnit.MILLISECONDS);
    }

    /// Gives up: ends the link, and completes with the session's hello, naming its run, and the frames that were not
    /// acknowledged.
    Future<List<Buffer>> unsent() {
        Promise<List<Buffer>> unsent = Promise.promise();
        context.runOnContext(_ -> {
            link.close();
            List<Buffer> frames = new ArrayList<>();
            frames.add(MessageCodec.encode(hello(true)));
            frames.addAll(delivery.unacknowledged());
            unsent.complete(frames);
        });
        return unsent.future();
    }

    private Message.Hello hello(boolean late) {
        return new Message.Hello(
                hello.session(),
                hello.instance(),
                hello.host(),
                hello.plan(),
                hello.heartbeatMs(),
                run,
                hello.late() || late);
    }

    @Override
    public void said(Message message) {
        switch (message) {
            case Message.Welcome m -> welcomed(m);
            case Message.Ack m -> acknowledged(m);
            case Message.HeartbeatsHeard m -> listener.heartbeatsHeard(m);
            case Message.Stop m -> listener.stopOrdered(m.reason());
            case Message.Refused m -> refused(m.reason());
            case Message.Hello _, Message.Numbered _ -> throw new WireException("a client's message from a server");
        }
    }

    @Override
    public void writable() {
        while (link.ready()) {
            Buffer next = delivery.next();
            if (next == null) {
                return;
            }
            link.write(next);
        }
    }

    @Override
    public void disconnected() {
        delivery.disconnected();
    }

    @Override
    public void noServer(String reason) {
        firstWelcome.tryFail(new ServerUnreachableException(reason));
    }

    @Override
    public void garbled(String reason) {
        refused(reason);
    }

    private void welcomed(Message.Welcome welcome) {
        LOG.atInfo()
                .addKeyValue("run", welcome.runNumber())
                .addKeyValue("server", server.server() + ":" + server.port())
                .log("server-welcome");
        run = Optional.of(welcome.run());
        refuseNonsense(() -> delivery.connected(welcome.windowReports(), welcome.committed()));
        firstWelcome.tryComplete(welcome);
        checkDrained();
        writable();
    }

    private void acknowledged(Message.Ack ack) {
        refuseNonsense(() -> delivery.acknowledged(ack.sequence()));
        checkDrained();
        writable();
    }

    /// A server that tells of numbers that it cannot know is as good as one that cannot be understood.
    private static void refuseNonsense(Runnable told) {
        try {
            told.run();
        } catch (IllegalArgumentException e) {
            throw new WireException(e.getMessage(), e);
        }
    }

    private void refused(String reason) {
        LOG.atError().addKeyValue("reason", reason).log("refused");
        if (!firstWelcome.tryFail(new RefusedException("the server refused this client: " + reason))) {
            listener.refused(reason);
        }
        drained.tryFail(new RefusedException(reason));
        link.close();
    }

    private void checkDrained() {
        if (draining && delivery.drained()) {
            drained.tryComplete();
        }
    }
}
