package io.plimsoll.client;

import io.plimsoll.model.Session;
import io.plimsoll.wire.bus.BusAddresses;
import io.plimsoll.wire.bus.BusMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The client's side of the control plane: says hello until the server answers, sends its status once a second, obeys a
/// stop order. Without it a client works all the same.
final class BusLink {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.bus");
    private static final long HELLO_RETRY_MS = 5_000;
    private static final long STATUS_INTERVAL_MS = 1_000;

    private final Vertx vertx;
    private final Session session;
    private final Supplier<BusMessage.ClientStatus> status;
    private final Consumer<String> stop;

    BusLink(Vertx vertx, Session session, Supplier<BusMessage.ClientStatus> status, Consumer<String> stop) {
        this.vertx = vertx;
        this.session = session;
        this.status = status;
        this.stop = stop;
    }

    /// Completes when the client can be reached by a stop order.
    Future<?> open() {
        var orders = vertx.eventBus().<BusMessage>consumer(BusAddresses.stopClient(session.clientId()), m -> {
            if (m.body() instanceof BusMessage.StopClient order) {
                m.reply(new BusMessage.Done());
                stop.accept(order.reason());
            }
        });
        vertx.setPeriodic(STATUS_INTERVAL_MS, _ -> vertx.eventBus().send(BusAddresses.STATUS, status.get()));
        return orders.completion().onSuccess(_ -> hello());
    }

    private void hello() {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(BusAddresses.REQUEST_TIMEOUT_MS);
        vertx.eventBus()
                .request(BusAddresses.HELLO, new BusMessage.ClientHello(session), options)
                .onSuccess(_ -> LOG.atInfo().log("bus-hello"))
                .onFailure(e -> {
                    LOG.atWarn().addKeyValue("reason", e.getMessage()).log("bus-hello-unanswered");
                    vertx.setTimer(HELLO_RETRY_MS, _ -> hello());
                });
    }
}
