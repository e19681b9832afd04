package io.plimsoll.launcher;

import io.plimsoll.config.ClientSettings;
import io.plimsoll.config.ClusterSettings;
import io.plimsoll.config.Flag;
import io.plimsoll.config.Settings;
import io.plimsoll.config.Sources;
import io.plimsoll.model.ClientId;
import io.plimsoll.wire.bus.BusAddresses;
import io.plimsoll.wire.bus.BusCodec;
import io.plimsoll.wire.bus.BusMessage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The clustered event bus for the length of one command. Methods block the calling thread, each within a time limit.
final class Bus implements AutoCloseable {
    private static final long JOIN_S = 60;
    private static final long LEAVE_S = 20;
    private static final int ATTEMPTS_MAX = 5;
    private static final int PORT = 5811;

    private final Vertx vertx;
    private final ClusterSettings cluster;

    private Bus(Vertx vertx, ClusterSettings cluster) {
        this.vertx = vertx;
        this.cluster = cluster;
    }

    /// Joins the cluster that the sources name, or else the one of a server on this machine.
    ///
    /// @throws CommandException where there is none
    static Bus join(Sources sources) {
        ClusterSettings cluster = cluster(sources);
        String ownAddress = ClusterVertx.ownAddress(cluster);
        try {
            Vertx vertx = ClusterVertx.builder(new VertxOptions(), cluster, ClusterVertx.Node.CLIENT, ownAddress)
                    .buildClustered()
                    .await(JOIN_S, TimeUnit.SECONDS);
            BusCodec.register(vertx);
            return new Bus(vertx, cluster);
        } catch (TimeoutException e) {
            throw new CommandException(
                    ExitCode.UNREACHABLE, "the cluster could not be joined within " + JOIN_S + " s", e);
        } catch (RuntimeException e) {
            throw ClusterVertx.explained(e, cluster) instanceof CommandException explained ? explained : e;
        }
    }

    BusMessage.ServerStatus status() {
        return (BusMessage.ServerStatus) request(BusAddresses.SERVER_STATUS, new BusMessage.StatusRequest());
    }

    BusMessage.StopReply stop(Optional<ClientId> client, String reason) {
        return (BusMessage.StopReply) request(BusAddresses.SERVER_STOP, new BusMessage.StopRequest(client, reason));
    }

    @Override
    public void close() {
        try {
            vertx.close().await(LEAVE_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.INTERNAL, "the cluster could not be left in order", e);
        }
    }

    /// The bus may lose messages, and a node that has just joined may not see the server yet; every request here may be
    /// repeated without harm.
    private Object request(String address, BusMessage message) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(BusAddresses.REQUEST_TIMEOUT_MS);
        ReplyException last = null;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                return vertx.eventBus()
                        .request(address, message, options)
                        .await(2 * BusAddresses.REQUEST_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .body();
            } catch (ReplyException e) {
                if (e.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
                    throw new CommandException(ExitCode.INTERNAL, "the server could not do it: " + e.getMessage(), e);
                }
                last = e;
                pause();
            } catch (TimeoutException e) {
                break;
            }
        }
        throw new CommandException(
                ExitCode.UNREACHABLE,
                "no server answers on the bus of cluster '" + cluster.name() + "' at "
                        + String.join(", ", cluster.members()),
                last);
    }

    private void pause() {
        try {
            vertx.timer(300, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.INTERNAL, "timers do not fire", e);
        }
    }

    private static ClusterSettings cluster(Sources sources) {
        Vertx vertx = Vertx.vertx();
        try {
            Optional<ClusterSettings> named = settings(vertx, sources).cluster();
            if (named.isPresent()) {
                return named.get();
            }
            List<Flag> flags = new ArrayList<>(sources.flags());
            flags.add(new Flag("--cluster", "cluster.members", "127.0.0.1:" + PORT));
            return settings(vertx, new Sources(sources.file(), sources.environment(), flags))
                    .cluster()
                    .orElseThrow();
        } finally {
            vertx.close();
        }
    }

    private static ClientSettings settings(Vertx vertx, Sources sources) {
        try {
            return Settings.client(vertx, sources).await(30, TimeUnit.SECONDS).settings();
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.INTERNAL, "reading the configuration took more than 30 s", e);
        }
    }
}
