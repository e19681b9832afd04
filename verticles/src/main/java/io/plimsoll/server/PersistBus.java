package io.plimsoll.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.util.List;

/// How the requests of [Persist] get to the persistence verticle and their answers back: on the bus, within this JVM.
final class PersistBus {
    static final String ADDRESS = "plimsoll.local.persist";

    /// More patience than the verticle has: its answer always comes first.
    static final DeliveryOptions DELIVERY =
            new DeliveryOptions().setLocalOnly(true).setSendTimeout(Persist.RETRY_MS_MAX * 4);

    private PersistBus() {}

    static <T> Future<T> ask(Vertx vertx, Persist request) {
        return vertx.eventBus().<T>request(ADDRESS, request, DELIVERY).map(Message::body);
    }

    /// Lets requests and replies travel on this bus as they are. To call it twice is harmless.
    static void registerCodecs(EventBus bus) {
        LocalCodec.register(
                bus,
                List.of(
                        Persist.OpenRun.class,
                        Persist.FindRun.class,
                        Persist.FindLeftOpen.class,
                        Persist.LeftOpen.class,
                        Persist.AdmitClient.class,
                        Persist.Reports.class,
                        Persist.Quarantine.class,
                        Persist.Stored.class,
                        Persist.Notices.class,
                        Persist.Presence.class,
                        Persist.Prove.class,
                        Persist.CloseRun.class,
                        Persist.RunRow.class,
                        Persist.Admission.class,
                        Persist.Completeness.class));
    }
}
