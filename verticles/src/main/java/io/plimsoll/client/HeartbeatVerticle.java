package io.plimsoll.client;

import io.plimsoll.config.MulticastSettings;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.HeartbeatKeyring;
import io.plimsoll.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a heartbeat at once and then every interval, by multicast; changes to unicast for good, and says so once, when
/// the server does not hear it or the network cannot carry it.
final class HeartbeatVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.heartbeat");
    private static final int MULTICAST_TTL = 1;
    private static final long DELAY_TICK_MS = 50;

    /// What a heartbeat tells of the client.
    record Pulse(Supplier<ClientPhase> phase, LongSupplier bytesWritten) {}

    private final MulticastSettings multicast;
    private final String networkInterface;
    private final String serverHost;
    private final Session session;
    private final long intervalMs;
    private final Pulse pulse;
    private final Supplier<HeartbeatKeys> keys;
    private final Consumer<String> unicastChosen;
    private DatagramSocket socket;
    private HeartbeatKeyring keyring;
    private boolean unicast;
    private long counter;
    private long lastTickNs;
    private long longestDelayNs;

    /// @param networkInterface by which multicast leaves
    /// @param keys what the server gave; any thread
    /// @param unicastChosen told once, why
    HeartbeatVerticle(
            MulticastSettings multicast,
            String networkInterface,
            String serverHost,
            Session session,
            long intervalMs,
            Pulse pulse,
            Supplier<HeartbeatKeys> keys,
            Consumer<String> unicastChosen) {
        this.multicast = multicast;
        this.networkInterface = networkInterface;
        this.serverHost = serverHost;
        this.session = session;
        this.intervalMs = intervalMs;
        this.pulse = pulse;
        this.keys = keys;
        this.unicastChosen = unicastChosen;
    }

    @Override
    public Future<?> start() {
        socket = vertx.createDatagramSocket(new DatagramSocketOptions()
                .setMulticastNetworkInterface(networkInterface)
                .setMulticastTimeToLive(MULTICAST_TTL));
        return HeartbeatKeyring.open(vertx, multicast.keys(), keys, LOG).onSuccess(opened -> {
            keyring = opened;
            begin();
        });
    }

    private void begin() {
        LOG.atInfo()
                .addKeyValue("group", multicast.group() + ":" + multicast.port())
                .addKeyValue("interface", networkInterface)
                .addKeyValue("intervalMs", intervalMs)
                .log("heartbeats-begin");
        lastTickNs = System.nanoTime();
        vertx.setPeriodic(DELAY_TICK_MS, _ -> measureDelay());
        vertx.setPeriodic(intervalMs, _ -> beat());
        beat();
    }

    @Override
    public Future<?> stop() {
        return socket.close();
    }

    /// What the server says that it hears; any thread.
    void heard(Message.HeartbeatsHeard heard) {
        context.runOnContext(_ -> {
            if (heard.silentMs() >= intervalMs) {
                chooseUnicast("the server has heard no heartbeat by multicast for " + heard.silentMs() + " ms (group "
                        + multicast.group() + ", interface " + networkInterface + ")");
            }
        });
    }

    private void beat() {
        Heartbeat beat = new Heartbeat(
                session,
                ++counter,
                pulse.phase().get(),
                unicast,
                pulse.bytesWritten().getAsLong(),
                longestDelayNs);
        longestDelayNs = 0;
        socket.send(encoded(beat), multicast.port(), unicast ? serverHost : multicast.group())
                .onFailure(e -> {
                    LOG.atWarn().addKeyValue("reason", e.getMessage()).log("heartbeat-not-sent");
                    chooseUnicast("multicast cannot be sent by interface " + networkInterface + ": " + e.getMessage());
                });
    }

    private Buffer encoded(Heartbeat beat) {
        return beat.encode(System.currentTimeMillis(), keyring.tags());
    }

    private void chooseUnicast(String reason) {
        if (!unicast) {
            unicast = true;
            LOG.atInfo().addKeyValue("reason", reason).log("heartbeats-unicast");
            unicastChosen.accept(reason);
            beat();
        }
    }

    /// How late a timer of this process fires tells a starved client from a dead one.
    private void measureDelay() {
        long now = System.nanoTime();
        longestDelayNs = Math.max(longestDelayNs, now - lastTickNs - DELAY_TICK_MS * 1_000_000);
        lastTickNs = now;
    }
}
