package io.plimsoll.server;

import io.plimsoll.config.DatabaseSettings;
import io.plimsoll.database.Database;
import io.plimsoll.model.Authentication;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import io.plimsoll.wire.Samples;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/// How many reports a second the persistence verticle commits to an embedded Postgres, for `bench/ingest`.
///
/// `IngestBench DIRECTORY [ROUNDS BATCHES REPORTS OUTSTANDING]`: prints reports/s for each round.
final class IngestBench {
    private static final int CLIENTS = 100;

    private IngestBench() {}

    public static void main(String[] args) throws Exception {
        int rounds = number(args, 1, 5);
        int batches = number(args, 2, 200);
        int batchReports = number(args, 3, 1_000);
        int outstandingMax = number(args, 4, 4);
        Semaphore outstanding = new Semaphore(outstandingMax);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Vertx vertx = Vertx.vertx();
        Database database = Database.forServer(
                        vertx, new DatabaseSettings(Optional.of(args[0]), Optional.empty(), Optional.empty(), false))
                .await(60, TimeUnit.SECONDS);
        vertx.deployVerticle(new PersistenceVerticle(database, Future::succeededFuture))
                .await(10, TimeUnit.SECONDS);
        long run = PersistBus.<Persist.RunRow>ask(vertx, new Persist.OpenRun(UUID.randomUUID(), "bench", "0", "{}"))
                .await(10, TimeUnit.SECONDS)
                .run();
        List<Long> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(admit(vertx, run, "c" + i));
        }
        long sequence = 0;
        for (int round = 1; round <= rounds; round++) {
            long startNs = System.nanoTime();
            for (int b = 0; b < batches; b++) {
                List<Persist.Numbered> reports = new ArrayList<>(batchReports);
                for (int i = 0; i < batchReports; i++) {
                    if (i % CLIENTS == 0) {
                        sequence++;
                    }
                    Report report = Samples.interval(1_795_000_000_000L, RandomGenerator.getDefault());
                    reports.add(new Persist.Numbered(run, clients.get(i % CLIENTS), sequence, i + 1, false, report));
                }
                outstanding.acquire();
                PersistBus.ask(vertx, new Persist.Reports(reports))
                        .onFailure(failure::set)
                        .onComplete(_ -> outstanding.release());
            }
            outstanding.acquire(outstandingMax);
            outstanding.release(outstandingMax);
            if (failure.get() != null) {
                throw new IllegalStateException("not all is committed", failure.get());
            }
            double seconds = (System.nanoTime() - startNs) / 1e9;
            System.out.printf("round %d: %,.0f reports/s%n", round, batches * batchReports / seconds);
        }
        database.close().await(30, TimeUnit.SECONDS);
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    private static long admit(Vertx vertx, long run, String id) {
        var request = new Persist.AdmitClient(
                run,
                new Session(new ClientId(id), 1_795_000_000_000L),
                UUID.randomUUID(),
                false,
                Samples.host(),
                Samples.plan(),
                5,
                Authentication.LOOPBACK);
        try {
            return PersistBus.<Persist.Admission>ask(vertx, request)
                    .await(10, TimeUnit.SECONDS)
                    .row()
                    .client();
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int number(String[] args, int index, int otherwise) {
        return args.length > index ? Integer.parseInt(args[index]) : otherwise;
    }
}
