package io.plimsoll.client;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.HostFacts;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.wire.Message;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// A client in a simulation: carries out what its [Uplink] decides, as [UplinkVerticle] and [ServerLink] do, on a world
/// that is made up. A frame is its message.
public final class SimulatedClient {
    private static final HostFacts HOST = new HostFacts("host", "6.18", "cpu", 2, 1 << 30, "25", "0.1.0", 1);
    private static final ChunkPlan PLAN = new ChunkPlan(1, 1, 1, 1, EngineKind.NULL, false);
    private static final long REPORT_BYTES = 100;

    /// What a client acts on, and whom it tells.
    public interface World {
        long nowMs();

        void connect();

        /// Returns whether there is room for more.
        boolean write(Message message);

        void cut();

        void welcomed(Message.Welcome welcome);

        void sent(Message.Numbered report);

        void away(String why);

        void noServer(String why);

        void refused(String reason);

        /// Put these on disk; the answer is [SimulatedClient#synced] or [SimulatedClient#spoolFailed].
        void append(List<Message.Numbered> reports);

        /// Up to this number nothing needs to be on disk any more.
        void forget(long upTo);

        void full();

        void drained();

        void notDrained();
    }

    private final Session session;
    private final UUID instance;
    private final long heartbeatMs;
    private final boolean late;
    private final World world;
    private final Uplink<Message.Numbered> uplink;

    /// @param run empty but for a late delivery
    /// @param keptReportsMax how many may be unacknowledged before the run is to end
    public SimulatedClient(
            Session session,
            UUID instance,
            long heartbeatMs,
            Optional<UUID> run,
            int keptReportsMax,
            RandomGenerator random,
            World world) {
        this.session = session;
        this.instance = instance;
        this.heartbeatMs = heartbeatMs;
        this.late = run.isPresent();
        this.world = world;
        this.uplink = new Uplink<>(
                "server:1",
                run,
                new Delivery<>(late ? Long.MAX_VALUE : 0, keptReportsMax * REPORT_BYTES, _ -> REPORT_BYTES),
                late ? SpoolPolicy.none() : new SpoolPolicy<>(),
                new Backoff(random),
                this::carryOut);
    }

    public void begin() {
        uplink.begin(world.nowMs());
    }

    public void tick() {
        uplink.tick(world.nowMs());
    }

    public void connected() {
        uplink.connected(world.nowMs());
    }

    public void connectFailed(String why) {
        uplink.connectFailed(why, world.nowMs());
    }

    public void closed() {
        uplink.closed(world.nowMs());
    }

    public void heard(Message message) {
        uplink.heard(message, world.nowMs());
    }

    public void writable() {
        uplink.room(true);
    }

    public void offer(LongFunction<Report> report) {
        uplink.offer(sequence -> new Message.Numbered(sequence, report.apply(sequence)), world.nowMs());
    }

    /// As it was kept.
    public void offer(Message.Numbered report) {
        uplink.offer(report.sequence(), report);
    }

    public void synced() {
        uplink.synced();
    }

    public void spoolFailed(String why) {
        uplink.spoolFailed(why);
    }

    public void drain(long timeoutMs) {
        uplink.drain(world.nowMs() + timeoutMs);
    }

    /// Ends the link; returns what no server has acknowledged.
    public List<Message.Numbered> giveUp() {
        uplink.giveUp();
        return uplink.unacknowledged();
    }

    private void carryOut(Uplink.Action<Message.Numbered> action) {
        switch (action) {
            case Uplink.Action.Connect<Message.Numbered> _ -> world.connect();
            case Uplink.Action.SayHello<Message.Numbered> a ->
                world.write(new Message.Hello(session, instance, HOST, PLAN, heartbeatMs, a.run(), late));
            case Uplink.Action.Send<Message.Numbered> a -> {
                world.sent(a.frame());
                if (!world.write(a.frame())) {
                    uplink.room(false);
                }
            }
            case Uplink.Action.Cut<Message.Numbered> _ -> world.cut();
            case Uplink.Action.Welcomed<Message.Numbered> a -> world.welcomed(a.welcome());
            case Uplink.Action.HeartbeatsHeard<Message.Numbered> _,
                    Uplink.Action.HeartbeatKeyGiven<Message.Numbered> _,
                    Uplink.Action.StopOrdered<Message.Numbered> _ -> {}
            case Uplink.Action.ServerAway<Message.Numbered> a -> world.away(a.why());
            case Uplink.Action.ServerBack<Message.Numbered> _ -> {}
            case Uplink.Action.NoServer<Message.Numbered> a -> world.noServer(a.why());
            case Uplink.Action.Distrusted<Message.Numbered> a -> throw new IllegalStateException(a.why());
            case Uplink.Action.Refused<Message.Numbered> a -> world.refused(a.reason());
            case Uplink.Action.Append<Message.Numbered> a -> world.append(a.frames());
            case Uplink.Action.Forget<Message.Numbered> a -> world.forget(a.upTo());
            case Uplink.Action.SpoolSlow<Message.Numbered> _, Uplink.Action.SpoolFailed<Message.Numbered> _ -> {}
            case Uplink.Action.Full<Message.Numbered> _ -> world.full();
            case Uplink.Action.Drained<Message.Numbered> _ -> world.drained();
            case Uplink.Action.NotDrained<Message.Numbered> _ -> world.notDrained();
        }
    }
}
