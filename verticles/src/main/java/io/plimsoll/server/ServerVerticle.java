package io.plimsoll.server;

import io.plimsoll.config.ServerSettings;
import io.plimsoll.config.Settings;
import io.plimsoll.database.Database;
import io.plimsoll.report.ReportWriter;
import io.plimsoll.wire.Interfaces;
import io.plimsoll.wire.Version;
import io.plimsoll.wire.bus.BusCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server: opens the database, then deploys what gathers reports into it. Ends by itself when its clients have
/// left, or when asked on [Local#SHUTDOWN]; at the end of every run it writes the report.
///
/// The persistence verticle deploys the roster, the roster deploys TCP and UDP: whatever undeploys the server, sources
/// stop before their sinks, and the database closes last.
public final class ServerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.server");
    private static final long STOP_TIMEOUT_MS = 30_000;
    private static final int TCP_INSTANCES = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final ServerSettings given;
    private final CompletableFuture<ServerOutcome> outcome;
    /// State of each run that was closed, as it was closed last.
    private final Map<Long, String> closedRuns = new LinkedHashMap<>();
    private Future<Void> reports = Future.succeededFuture();
    private final Readiness readiness = new Readiness();
    private final Promise<Database> working = Promise.promise();
    private ServerSettings settings;
    private Admittance admittance;
    private Database database;
    private String sink;
    private String endedBy;

    /// For the bare Vert.x launcher: settings come from its `-conf`, and Vert.x is closed at the end.
    public ServerVerticle() {
        this(null, new CompletableFuture<>());
    }

    /// @param outcome completed when the server has ended; then the caller closes Vert.x
    public ServerVerticle(ServerSettings settings, CompletableFuture<ServerOutcome> outcome) {
        this.given = settings;
        this.outcome = outcome;
    }

    @Override
    public Future<?> start() {
        LocalCodec.register(vertx.eventBus(), Local.types());
        BusCodec.register(vertx);
        if (given == null) {
            outcome.thenRun(() -> vertx.close());
        }
        vertx.eventBus().localConsumer(Local.SHUTDOWN, _ -> end("asked to end"));
        return settings()
                .compose(read -> {
                    settings = read;
                    return deployHealth();
                })
                .compose(_ -> vertx.executeBlocking(() -> Admittance.of(
                        settings.tcp(),
                        settings.multicast().keys().isEmpty(),
                        hostName(),
                        settings.limits().handshakeTimeout().toMillis(),
                        System.getenv())))
                .compose(how -> {
                    admittance = how;
                    return Database.forServer(vertx, settings.database());
                })
                .compose(opened -> {
                    database = opened;
                    database.gaps()
                            .forEach(gap ->
                                    LOG.atWarn().addKeyValue("detail", gap).log("database-unsafe"));
                    database.excessRights()
                            .ifPresent(excess ->
                                    LOG.atWarn().addKeyValue("detail", excess).log("database-rights"));
                    return vertx.deployVerticle(new PersistenceVerticle(database, this::deployRoster));
                })
                .onSuccess(id -> {
                    sink = id;
                    readiness.working(System.nanoTime() / 1_000_000);
                    working.complete(database);
                    if (endedBy != null) {
                        undeploySink();
                    }
                    LOG.atInfo()
                            .addKeyValue("version", Version.TEXT)
                            .addKeyValue(
                                    "tcp",
                                    settings.tcp().host() + ":" + settings.tcp().port())
                            .addKeyValue(
                                    "multicast",
                                    settings.multicast().group() + ":"
                                            + settings.multicast().port())
                            .addKeyValue("interfaces", interfaces())
                            .addKeyValue("database", database.describe())
                            .addKeyValue("psql", database.psqlCommand())
                            .log("server-started");
                })
                .recover(e -> closeDatabase().transform(_ -> Future.failedFuture(e)));
    }

    @Override
    public Future<?> stop() {
        return reports.eventually(this::closeDatabase);
    }

    private Future<ServerSettings> settings() {
        return given != null ? Future.succeededFuture(given) : Settings.server(vertx, config());
    }

    private Future<?> deployHealth() {
        return settings.health().port() == 0
                ? Future.succeededFuture()
                : vertx.deployVerticle(new HealthVerticle(settings.health(), readiness, working.future()));
    }

    private Future<?> deployRoster() {
        JsonObject shown = new JsonObject()
                .put("tcp", settings.tcp().host() + ":" + settings.tcp().port())
                .put(
                        "multicast",
                        settings.multicast().group() + ":"
                                + settings.multicast().port())
                .put("security", admittance.by().word())
                .put("idleTimeoutMs", settings.idleTimeout().toMillis())
                .put("keepRunning", settings.keepRunning())
                .put("durability", new JsonArray(database.gaps()))
                .put("databaseRights", database.excessRights().orElse(""));
        var facts = new Admissions.ServerFacts(hostName(), Version.TEXT, shown);
        return vertx.deployVerticle(new RosterVerticle(
                settings, facts, tcpInstances(), this::deploySources, here(this::runClosed), here(this::end)));
    }

    /// Other verticles call from event loops of their own.
    private <T> Consumer<T> here(Consumer<T> action) {
        return value -> context.runOnContext(_ -> action.accept(value));
    }

    private Future<?> deploySources() {
        var listen = new TcpVerticle.Listen(
                settings.tcp().host(),
                settings.tcp().port(),
                settings.limits().connectionsMax(),
                Version.TEXT,
                admittance);
        TcpLimits limits = TcpLimits.of(settings.limits(), tcpInstances());
        AtomicInteger connections = new AtomicInteger();
        List<Future<String>> sources = new ArrayList<>();
        for (int i = 0; i < tcpInstances(); i++) {
            sources.add(vertx.deployVerticle(new TcpVerticle(i, tcpInstances(), listen, limits, connections)));
        }
        sources.add(
                vertx.deployVerticle(new UdpVerticle(settings.multicast(), interfaces(), admittance.heartbeatKeys())));
        return Future.all(sources);
    }

    /// With TLS one: of several servers at one port, Vert.x 5.0.10 lets only the first one upgrade its connections.
    private int tcpInstances() {
        return admittance.tls().isPresent() ? 1 : TCP_INSTANCES;
    }

    private List<String> interfaces() {
        return settings.multicast().networkInterface().map(List::of).orElseGet(Interfaces::multicast);
    }

    /// Reports are written one after the other; the next one waits, the runs do not.
    private void runClosed(long run) {
        reports = reports.transform(_ -> ReportWriter.write(vertx, database, run, System.out::print, settings.report()))
                .onSuccess(report -> closedRuns.put(run, report.run().state().word()))
                .onFailure(e -> {
                    closedRuns.put(run, "incomplete");
                    LOG.atError()
                            .addKeyValue("run", run)
                            .addKeyValue("reason", e.getMessage())
                            .log("report-failed");
                })
                .transform(_ -> Future.succeededFuture());
    }

    private void end(String reason) {
        if (endedBy != null) {
            return;
        }
        LOG.atInfo().addKeyValue("reason", reason).log("server-ending");
        endedBy = reason;
        readiness.ending(reason);
        if (sink != null) {
            undeploySink();
        }
    }

    private void undeploySink() {
        vertx.undeploy(sink)
                .timeout(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .eventually(() -> reports)
                .onComplete(done -> outcome.complete(new ServerOutcome(
                        endedBy,
                        closedRuns.entrySet().stream()
                                .map(run -> new ServerOutcome.ClosedRun(run.getKey(), run.getValue()))
                                .toList(),
                        Optional.ofNullable(done.cause()).map(e -> "did not end in order: " + e.getMessage()))));
    }

    private Future<Void> closeDatabase() {
        return database == null ? Future.succeededFuture() : database.close();
    }

    private static String hostName() {
        try {
            return java.net.InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException e) {
            return "unknown";
        }
    }
}
