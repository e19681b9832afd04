package io.plimsoll.client;

import io.plimsoll.config.UplinkSettings;
import io.plimsoll.model.EventKind;
import io.plimsoll.model.Report;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.wire.Approach;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The client's way to the server: says hello, delivers numbered reports until each is acknowledged, over as many
/// connections as that takes. Carries out what [Uplink] decides. Completes its start when the server has welcomed the
/// client.
final class UplinkVerticle extends VerticleBase implements ReportSink, ServerLink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.uplink");
    private static final long TICK_MS = 250;

    /// What the server says besides acknowledgements; called on the uplink's event loop.
    interface Listener {
        void heartbeatsHeard(Message.HeartbeatsHeard heard);

        /// The server believes heartbeats by this key, and by no other.
        void heartbeatKey(HeartbeatKeys.Key key);

        void stopOrdered(String reason);

        /// Nothing more can be delivered to this server.
        void refused(String reason);

        /// More is undelivered than memory is meant for: the run must end.
        void full();

        /// The spool does not do what it should.
        void spoolTrouble(EventKind kind, String what);

        /// The uplink is undeployed. Vert.x stops what a verticle has deployed before the verticle itself, so whoever
        /// has something left to deliver takes the time for it here. Bounded.
        Future<?> closing();
    }

    /// What the server did not take: the session's hello, late and naming its run, then the reports.
    ///
    /// @param spooled whether the spool has all of that too
    record Unsent(List<Buffer> frames, boolean spooled) {}

    private final UplinkSettings server;
    private final Message.Hello hello;
    private final Optional<Spool> spool;
    private final Listener listener;
    private final Uplink<Buffer> uplink;
    private final Promise<Message.Welcome> firstWelcome = Promise.promise();
    private final Promise<Void> drained = Promise.promise();
    private ServerLink link;
    private Optional<UUID> run;

    /// @param keptBytesMax how much may be unacknowledged in memory
    /// @param spool empty for what is on disk already
    UplinkVerticle(
            UplinkSettings server, Message.Hello hello, long keptBytesMax, Optional<Spool> spool, Listener listener) {
        this.server = server;
        this.hello = hello;
        this.spool = spool;
        this.run = hello.run();
        this.listener = listener;
        this.uplink = new Uplink<>(
                server.server() + ":" + server.port(),
                hello.run(),
                new Delivery<>(hello.late() ? Long.MAX_VALUE : 0, keptBytesMax, Buffer::length),
                spool.isPresent() ? new SpoolPolicy<>() : SpoolPolicy.none(),
                new Backoff(RandomGenerator.getDefault()),
                this::carryOut);
    }

    @Override
    public Future<?> start() {
        Future<Approach> approach =
                vertx.executeBlocking(() -> Access.of(server, hello.session().clientId(), System.getenv()));
        link = new ServerLink(vertx, server, approach, this);
        vertx.setPeriodic(TICK_MS, _ -> uplink.tick(nowMs()));
        approach.onComplete(_ -> uplink.begin(nowMs()));
        return firstWelcome.future();
    }

    @Override
    public Future<?> stop() {
        return listener.closing().otherwiseEmpty().compose(_ -> {
            uplink.giveUp();
            return link.close();
        });
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
        context.runOnContext(_ -> uplink.offer(sequence -> MessageCodec.encode(report.apply(sequence)), nowMs()));
    }

    /// For a report from a file; the very bytes go again.
    void offer(SpoolFile.Kept report) {
        context.runOnContext(_ -> uplink.offer(report.sequence(), report.frame()));
    }

    /// Completes when everything that was offered is acknowledged; fails after the timeout. Call it last.
    Future<Void> drain(long timeoutMs) {
        context.runOnContext(_ -> uplink.drain(nowMs() + timeoutMs));
        return drained.future();
    }

    /// Gives up: ends the link, and completes with what was not acknowledged.
    Future<Unsent> unsent() {
        Promise<Unsent> unsent = Promise.promise();
        context.runOnContext(_ -> {
            boolean spooled = uplink.spooled();
            uplink.giveUp();
            List<Buffer> frames = new ArrayList<>();
            frames.add(MessageCodec.encode(hello.again(run, true)));
            frames.addAll(uplink.unacknowledged());
            unsent.complete(new Unsent(frames, spooled));
        });
        return unsent.future();
    }

    /// The last call: deletes what the spool holds, or leaves it for later; completes with what is left.
    Future<List<Path>> endSpool(boolean keep) {
        Promise<List<Path>> left = Promise.promise();
        context.runOnContext(_ -> {
            uplink.endSpool();
            spool.map(s -> Future.fromCompletionStage(s.end(keep), context))
                    .orElse(Future.succeededFuture(List.of()))
                    .onComplete(left);
        });
        return left.future();
    }

    @Override
    public void connected() {
        uplink.connected(nowMs());
    }

    @Override
    public void connectFailed(String why) {
        uplink.connectFailed(why, nowMs());
    }

    @Override
    public void turnedAway(String why) {
        uplink.turnedAway(why, nowMs());
    }

    @Override
    public void distrusted(String why) {
        uplink.distrusted(why, nowMs());
    }

    @Override
    public void closed() {
        uplink.closed(nowMs());
    }

    @Override
    public void said(Message message) {
        uplink.heard(message, nowMs());
    }

    @Override
    public void garbled(String why) {
        uplink.garbled(why);
    }

    @Override
    public void writable() {
        uplink.room(true);
    }

    private void carryOut(Uplink.Action<Buffer> action) {
        switch (action) {
            case Uplink.Action.Connect<Buffer> _ -> link.connect();
            case Uplink.Action.SayHello<Buffer> a -> link.write(MessageCodec.encode(hello.again(a.run(), false)));
            case Uplink.Action.Send<Buffer> a -> {
                if (!link.write(a.frame())) {
                    uplink.room(false);
                }
            }
            case Uplink.Action.Cut<Buffer> a -> {
                LOG.atDebug().addKeyValue("reason", a.why()).log("uplink-cut");
                link.cut();
            }
            case Uplink.Action.Welcomed<Buffer> a -> welcomed(a.welcome());
            case Uplink.Action.HeartbeatsHeard<Buffer> a -> listener.heartbeatsHeard(a.heard());
            case Uplink.Action.HeartbeatKeyGiven<Buffer> a -> listener.heartbeatKey(a.key());
            case Uplink.Action.StopOrdered<Buffer> a -> listener.stopOrdered(a.reason());
            // once for each time that the server goes away; the attempts in between tell nobody anything new
            case Uplink.Action.ServerAway<Buffer> a ->
                LOG.atLevel(a.news() ? Level.WARN : Level.DEBUG)
                        .addKeyValue("reason", a.why())
                        .addKeyValue("retryMs", a.retryMs())
                        .log("server-away");
            case Uplink.Action.ServerBack<Buffer> _ -> LOG.atWarn().log("server-back");
            case Uplink.Action.NoServer<Buffer> a -> firstWelcome.tryFail(new ServerUnreachableException(a.why()));
            case Uplink.Action.Distrusted<Buffer> a -> firstWelcome.tryFail(new CredentialsException(a.why()));
            case Uplink.Action.Refused<Buffer> a -> refused(a.reason());
            case Uplink.Action.Append<Buffer> a ->
                spool.orElseThrow()
                        .append(MessageCodec.encode(hello.again(run, true)), a.frames(), a.upTo())
                        .whenComplete((_, e) -> context.runOnContext(_ -> appended(e)));
            case Uplink.Action.Forget<Buffer> a -> spool.orElseThrow().forget(a.upTo());
            case Uplink.Action.SpoolSlow<Buffer> _ ->
                listener.spoolTrouble(
                        EventKind.SPOOL_SLOW, "its disk takes longer than " + SpoolPolicy.SLOW_MS + " ms");
            case Uplink.Action.SpoolFailed<Buffer> a -> listener.spoolTrouble(EventKind.SPOOL_FAILED, a.why());
            case Uplink.Action.Full<Buffer> _ -> listener.full();
            case Uplink.Action.Drained<Buffer> _ -> drained.tryComplete();
            case Uplink.Action.NotDrained<Buffer> a -> drained.tryFail(new TimeoutException(a.why()));
        }
    }

    private void welcomed(Message.Welcome welcome) {
        LOG.atInfo()
                .addKeyValue("run", welcome.runNumber())
                .addKeyValue("server", server.server() + ":" + server.port())
                .log("server-welcome");
        run = Optional.of(welcome.run());
        firstWelcome.tryComplete(welcome);
    }

    private void appended(Throwable failure) {
        if (failure == null) {
            uplink.synced();
        } else {
            uplink.spoolFailed(String.valueOf(failure.getCause() == null ? failure : failure.getCause()));
        }
    }

    private void refused(String reason) {
        LOG.atError().addKeyValue("reason", reason).log("refused");
        if (!firstWelcome.tryFail(new RefusedException("the server refused this client: " + reason))) {
            listener.refused(reason);
        }
        drained.tryFail(new RefusedException(reason));
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
