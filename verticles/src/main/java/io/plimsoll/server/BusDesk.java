package io.plimsoll.server;

import io.plimsoll.model.ClientId;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.bus.BusAddresses;
import io.plimsoll.wire.bus.BusMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's side of the control plane: knows which clients are on the bus, answers who asks for the status, passes
/// stop orders on. A client that is not on the bus gets the same order as a frame on its TCP connection. Lives on the
/// roster verticle's context.
final class BusDesk {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.bus");

    private final Vertx vertx;
    private final Roster roster;
    private final Consumer<List<Roster.Action>> act;

    BusDesk(Vertx vertx, Roster roster, Consumer<List<Roster.Action>> act) {
        this.vertx = vertx;
        this.roster = roster;
        this.act = act;
    }

    /// Completes when commands and clients on other nodes can reach the desk.
    Future<?> open() {
        var bus = vertx.eventBus();
        var hello = bus.<BusMessage>consumer(BusAddresses.HELLO, m -> {
            if (m.body() instanceof BusMessage.ClientHello client) {
                LOG.atInfo().addKeyValue("client", client.session().clientId()).log("client-on-bus");
                m.reply(new BusMessage.Done());
            }
        });
        var status = bus.<BusMessage>consumer(BusAddresses.STATUS, m -> {
            if (m.body() instanceof BusMessage.ClientStatus live) {
                roster.status(live);
            }
        });
        var asked = bus.<BusMessage>consumer(BusAddresses.SERVER_STATUS, m -> m.reply(view()));
        var stop = bus.<BusMessage>consumer(BusAddresses.SERVER_STOP, m -> {
            if (m.body() instanceof BusMessage.StopRequest request) {
                stop(request).onComplete(m::reply, e -> m.fail(500, e.getMessage()));
            }
        });
        return Future.all(hello.completion(), status.completion(), asked.completion(), stop.completion());
    }

    private BusMessage.ServerStatus view() {
        long now = System.nanoTime() / 1_000_000;
        List<BusMessage.ClientView> clients = roster.members().stream()
                .map(m -> new BusMessage.ClientView(
                        m.session.clientId(), m.hostName, m.target, m.state, m.live, m.silentMs(now)))
                .toList();
        return new BusMessage.ServerStatus(roster.openRun().map(Persist.RunRow::run), clients);
    }

    private Future<BusMessage.StopReply> stop(BusMessage.StopRequest request) {
        List<Member> members = roster.members().stream()
                .filter(m -> !m.state.ended())
                .filter(m ->
                        request.client().isEmpty() || request.client().get().equals(m.session.clientId()))
                .toList();
        List<ClientId> stopping = new ArrayList<>();
        List<ClientId> unreached = new ArrayList<>();
        request.client().filter(_ -> members.isEmpty()).ifPresent(unreached::add);
        List<Future<Boolean>> orders = new ArrayList<>();
        for (Member m : members) {
            orders.add(stop(m, request.reason())
                    .onSuccess(told -> (told ? stopping : unreached).add(m.session.clientId())));
        }
        return Future.join(orders).map(_ -> new BusMessage.StopReply(stopping, unreached));
    }

    private Future<Boolean> stop(Member m, String reason) {
        ClientId id = m.session.clientId();
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(BusAddresses.REQUEST_TIMEOUT_MS / 2);
        return vertx.eventBus()
                .request(BusAddresses.stopClient(id), new BusMessage.StopClient(reason), options)
                .map(true)
                .recover(notOnBus -> {
                    if (m.connected()) {
                        act.accept(List.of(new Roster.Action.Tell(m.connection, new Message.Stop(reason))));
                    }
                    return Future.succeededFuture(m.connected());
                })
                .onSuccess(told -> LOG.atInfo()
                        .addKeyValue("client", id)
                        .addKeyValue("told", told)
                        .addKeyValue("reason", reason)
                        .log("client-stop"));
    }
}
