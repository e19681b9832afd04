package io.plimsoll.server;

import io.plimsoll.config.MulticastSettings;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.Session;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.HeartbeatTags;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.HeartbeatKeyring;
import io.plimsoll.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears heartbeats, by multicast on every interface that it was given and by unicast on the same port. Those that its
/// [HeartbeatGate] lets in it passes to the roster once a turn of the event loop.
final class UdpVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.udp");
    private static final int WARM_UP_BEATS = 2_000;
    private static final int TURN_BEATS_MAX = 1_000;
    private static final long STRAY_LOG_INTERVAL_MS = 10_000;
    private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    private final MulticastSettings multicast;
    private final List<String> interfaces;
    private final HeartbeatKeys given;
    private final HeartbeatGate gate = new HeartbeatGate();
    private HeartbeatKeyring keyring;
    private List<Heartbeat> turn = new ArrayList<>();
    private long strays;
    private DatagramSocket socket;

    /// @param interfaces names of the interfaces on which to join the group, never none
    /// @param given the key that clients are given; else they and we have those of a file, or none
    UdpVerticle(MulticastSettings multicast, List<String> interfaces, HeartbeatKeys given) {
        this.multicast = multicast;
        this.interfaces = List.copyOf(interfaces);
        this.given = given;
    }

    @Override
    public Future<?> start() {
        warmUp();
        vertx.setPeriodic(STRAY_LOG_INTERVAL_MS, _ -> logStrays());
        socket = vertx.createDatagramSocket(
                new DatagramSocketOptions().setReuseAddress(true).setReceiveBufferSize(65_536));
        socket.handler(this::received);
        socket.exceptionHandler(
                e -> LOG.atWarn().addKeyValue("reason", e.getMessage()).log("udp-error"));
        return HeartbeatKeyring.open(vertx, multicast.keys(), () -> given, LOG).compose(opened -> {
            keyring = opened;
            return listen();
        });
    }

    private Future<?> listen() {
        // bound to the wildcard: bound to a unicast address it would hear no multicast, bound to the group no unicast
        return socket.listen(multicast.port(), "0.0.0.0")
                .recover(e -> Future.failedFuture(new BindException("cannot listen on UDP port " + multicast.port()
                        + ": " + e.getMessage() + "; stop what listens there, or choose another port with -p")))
                .compose(_ -> {
                    List<Future<Void>> joins = interfaces.stream()
                            .map(name -> socket.listenMulticastGroup(multicast.group(), name, null)
                                    .onFailure(e -> LOG.atWarn()
                                            .addKeyValue("interface", name)
                                            .addKeyValue("reason", e.getMessage())
                                            .log("multicast-not-joined")))
                            .collect(Collectors.toList());
                    return Future.any(joins);
                });
    }

    @Override
    public Future<?> stop() {
        return socket.close();
    }

    private void received(DatagramPacket packet) {
        try {
            gate.admit(packet.data(), keyring.tags(), System.currentTimeMillis(), nowMs())
                    .ifPresent(this::queue);
        } catch (WireException e) {
            if (strays++ == 0) {
                LOG.atWarn()
                        .addKeyValue("remote", packet.sender())
                        .addKeyValue("reason", e.getMessage())
                        .log("stray-datagram");
            }
        }
    }

    private void queue(Heartbeat beat) {
        if (turn.size() >= TURN_BEATS_MAX) {
            throw new WireException("more than " + TURN_BEATS_MAX + " heartbeats in one turn");
        }
        if (turn.isEmpty()) {
            context.runOnContext(_ -> pass());
        }
        turn.add(beat);
    }

    private void pass() {
        vertx.eventBus().send(Local.ROSTER, new Local.Heard(turn), LOCAL);
        turn = new ArrayList<>();
    }

    /// Strays are logged one by one at first and then as a count, so that a flood fills no disk.
    private void logStrays() {
        if (strays > 1) {
            LOG.atWarn().addKeyValue("count", strays).log("stray-datagrams");
        }
        strays = 0;
    }

    /// A cold receiver loses its first datagrams to class loading; this one has decoded some before it listens.
    private static void warmUp() {
        Heartbeat sample =
                new Heartbeat(new Session(ClientId.random(), 1_800_000_000_000L), 1, ClientPhase.WRITING, false, 1, 1);
        HeartbeatTags tags = new HeartbeatTags(HeartbeatKeys.NONE);
        for (int i = 0; i < WARM_UP_BEATS; i++) {
            Heartbeat.decode(sample.encode(1, tags), 1, tags);
        }
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
