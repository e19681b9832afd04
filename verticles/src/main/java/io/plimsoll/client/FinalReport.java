package io.plimsoll.client;

import io.plimsoll.config.UplinkSettings;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a client's reports: the last one, then all are acknowledged, or they are kept in a file.
///
/// @param spool directory for that file
/// @param notes takes what the user should know
record FinalReport(
        Vertx vertx,
        Session session,
        UplinkSettings server,
        UplinkVerticle uplink,
        Path spool,
        Consumer<String> notes) {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.client");
    private static final long DISK_S_MAX = 30;

    /// Completes with where the reports are that the server did not take; empty when it took all of them. Fails when
    /// some are lost.
    Future<Optional<Path>> deliver(Measurement.End end, long drainTimeoutMs) {
        uplink.offer(sequence -> new Message.Numbered(
                sequence,
                new Report.RunEnded(
                        System.currentTimeMillis(),
                        sequence,
                        end.state(),
                        end.reason(),
                        end.bytes(),
                        end.files(),
                        end.rollovers())));
        return uplink.drain(drainTimeoutMs)
                .transform(drained -> drained.succeeded()
                        ? endSpool(false).map(_ -> Optional.<Path>empty())
                        : uplink.unsent().compose(unsent -> keep(unsent, drained.cause())));
    }

    private Future<Optional<Path>> keep(UplinkVerticle.Unsent unsent, Throwable away) {
        if (unsent.frames().size() == 1) {
            return endSpool(false).map(_ -> Optional.empty()); // acknowledged at the last moment
        }
        LOG.atWarn().addKeyValue("reason", away.getMessage()).log("reports-unsent");
        return vertx.executeBlocking(() -> UnsentFile.write(spool, session, unsent.frames()))
                .timeout(DISK_S_MAX, TimeUnit.SECONDS)
                .compose(file -> endSpool(false).map(file))
                .recover(e -> endSpool(true).compose(segments -> inSpool(unsent, segments, e)))
                .onSuccess(
                        path -> notes.accept("the server did not take all reports; deliver them later: plimsoll submit "
                                + path + " -sh " + server.server() + " -t " + server.port()))
                .map(Optional::of);
    }

    /// What the spool holds is as good as the file that could not be written.
    private Future<Path> inSpool(UplinkVerticle.Unsent unsent, List<Path> segments, Throwable why) {
        return unsent.spooled() && !segments.isEmpty()
                ? Future.succeededFuture(segments.size() == 1 ? segments.getFirst() : spool)
                : Future.failedFuture(new ServerUnreachableException("the server did not take "
                        + (unsent.frames().size() - 1) + " reports, and they cannot be kept in " + spool + " either ("
                        + why + "): they are lost" + (segments.isEmpty() ? "" : " but for those in " + segments)
                        + "; see spool.directory"));
    }

    private Future<List<Path>> endSpool(boolean keep) {
        return uplink.endSpool(keep).timeout(DISK_S_MAX, TimeUnit.SECONDS).otherwise(e -> {
            LOG.atWarn().addKeyValue("reason", e.toString()).log("spool-not-ended");
            return List.of();
        });
    }
}
