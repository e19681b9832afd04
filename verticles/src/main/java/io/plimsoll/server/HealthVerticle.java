package io.plimsoll.server;

import io.plimsoll.config.HealthSettings;
import io.plimsoll.database.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.BindException;
import java.util.Optional;

/// Says by HTTP how the server is, for whoever restarts or routes around it: `/live` is 200 while this process answers,
/// `/ready` is 200 while the database answers, else 503 with the cause, as JSON.
///
/// Anybody may ask, so a question is one GET of some hundred bytes on a connection of its own, for some seconds.
final class HealthVerticle extends VerticleBase {
    private static final long PROBE_INTERVAL_MS = 1_000;
    private static final long PROBE_MS_MAX = 2_000;
    private static final long CONNECTION_MS_MAX = 5_000;
    private static final int CONNECTIONS_MAX = 64;
    private static final int LINE_CHARS_MAX = 256;
    private static final int HEADER_BYTES_MAX = 4_096;

    private final HealthSettings settings;
    private final Readiness readiness;
    private final Future<Database> database;
    private boolean probing;
    private int connections;
    private HttpServer server;

    /// @param database completes when the server is at work
    HealthVerticle(HealthSettings settings, Readiness readiness, Future<Database> database) {
        this.settings = settings;
        this.readiness = readiness;
        this.database = database;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(PROBE_INTERVAL_MS, _ -> probe());
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setMaxInitialLineLength(LINE_CHARS_MAX)
                        .setMaxHeaderSize(HEADER_BYTES_MAX)
                        .setHttp2ClearTextEnabled(false))
                .connectionHandler(this::connected)
                .requestHandler(this::answer);
        return server.listen(settings.port(), settings.host())
                .recover(e -> Future.failedFuture(new BindException("cannot listen on " + settings.host() + ":"
                        + settings.port() + ": " + e.getMessage() + "; choose another health.port or health.host")));
    }

    @Override
    public Future<?> stop() {
        return server.close();
    }

    /// As the writers do it: with a connection of the same set.
    private void probe() {
        if (probing || !database.succeeded()) {
            return;
        }
        probing = true;
        database.result()
                .withConnection(
                        PROBE_MS_MAX, connection -> connection.query("select 1").execute())
                .onComplete(answer -> {
                    probing = false;
                    if (answer.succeeded()) {
                        readiness.answered(nowMs());
                    } else {
                        readiness.failed(answer.cause().getMessage());
                    }
                });
    }

    private void connected(HttpConnection connection) {
        long timer = vertx.setTimer(CONNECTION_MS_MAX, _ -> connection.close());
        connections++;
        connection.closeHandler(_ -> {
            connections--;
            vertx.cancelTimer(timer);
        });
        if (connections > CONNECTIONS_MAX) {
            connection.close();
        }
    }

    private void answer(HttpServerRequest request) {
        if (request.method() != HttpMethod.GET) {
            request.response().putHeader(HttpHeaders.ALLOW, "GET");
            say(request, 405, new JsonObject().put("status", "only GET is answered"));
        } else if ("/live".equals(request.path())) {
            say(request, 200, new JsonObject().put("status", "live"));
        } else if ("/ready".equals(request.path())) {
            Optional<String> obstacle = readiness.obstacle(nowMs());
            say(
                    request,
                    obstacle.isPresent() ? 503 : 200,
                    obstacle.map(cause -> new JsonObject()
                                    .put("status", "unavailable")
                                    .put("cause", cause))
                            .orElseGet(() -> new JsonObject().put("status", "ready")));
        } else {
            say(request, 404, new JsonObject().put("status", "there are /live and /ready"));
        }
    }

    private static void say(HttpServerRequest request, int code, JsonObject text) {
        request.response()
                .setStatusCode(code)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end(text.encode() + "\n")
                .onComplete(_ -> request.connection().close());
    }

    /// Monotonic.
    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
