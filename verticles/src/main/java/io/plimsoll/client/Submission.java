package io.plimsoll.client;

import io.plimsoll.config.UplinkSettings;
import io.plimsoll.model.EventKind;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;

/// Delivers a file of unsent reports.
public final class Submission {
    private Submission() {}

    /// Completes with the number of reports when the server has committed them all; sending a file twice is harmless.
    /// Fails with [ServerUnreachableException], [RefusedException], or a timeout.
    public static Future<Integer> deliver(Vertx vertx, UplinkSettings server, SpoolFile file, long timeoutMs) {
        if (file.reports().isEmpty()) {
            return Future.succeededFuture(0);
        }
        UplinkVerticle uplink =
                new UplinkVerticle(server, file.hello(), Long.MAX_VALUE, Optional.empty(), new Ignore());
        return vertx.deployVerticle(uplink)
                .compose(id -> {
                    file.reports().forEach(uplink::offer);
                    return uplink.drain(timeoutMs).eventually(() -> vertx.undeploy(id));
                })
                .map(_ -> file.reports().size());
    }

    /// A delivery has no heartbeats and no run to stop; a refusal fails its drain.
    private static final class Ignore implements UplinkVerticle.Listener {
        @Override
        public void heartbeatsHeard(Message.HeartbeatsHeard heard) {}

        @Override
        public void heartbeatKey(HeartbeatKeys.Key key) {}

        @Override
        public void stopOrdered(String reason) {}

        @Override
        public void refused(String reason) {}

        @Override
        public void full() {}

        @Override
        public void spoolTrouble(EventKind kind, String what) {}

        @Override
        public Future<?> closing() {
            return Future.succeededFuture();
        }
    }
}
