package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.config.ConfigException;
import io.plimsoll.config.ServerSettings;
import io.plimsoll.config.Settings;
import io.plimsoll.config.Sources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LongRunTest {
    private final StringWriter err = new StringWriter();
    private final Console console = new Console(new PrintWriter(err, true), new PrintWriter(err, true), false);
    private final AtomicBoolean undeployed = new AtomicBoolean();
    private final CountDownLatch deployed = new CountDownLatch(1);

    @TempDir
    Path dir;

    /// A main verticle that does what the test says.
    private final class Program extends VerticleBase {
        private final CompletableFuture<ExitCode> outcome;
        private final Future<?> starting;

        Program(CompletableFuture<ExitCode> outcome, Future<?> starting) {
            this.outcome = outcome;
            this.starting = starting;
        }

        @Override
        public Future<?> start() {
            vertx.eventBus().localConsumer(LongRun.SHUTDOWN_ADDRESS, _ -> outcome.complete(ExitCode.OK));
            deployed.countDown();
            return starting;
        }

        @Override
        public Future<?> stop() {
            undeployed.set(true);
            return Future.succeededFuture();
        }
    }

    @Test
    void theOutcomeBecomesTheExitCodeAfterVertxIsClosed() {
        assertEquals(3, run(Future.succeededFuture(), Optional.of(ExitCode.FAILED)));
        assertTrue(undeployed.get());
        assertTrue(Files.exists(dir.resolve("server.log")));
    }

    @Test
    void theCauseOfAFailedStartChoosesTheCode() {
        assertEquals(2, run(Future.failedFuture(new ConfigException("x", "bad")), Optional.empty()));
        assertEquals(2, run(Future.failedFuture(new BindException("port in use")), Optional.empty()));
        assertEquals(5, run(Future.failedFuture(new ConnectException("refused")), Optional.empty()));
        assertEquals(1, run(Future.failedFuture(new IllegalStateException("oops")), Optional.empty()));
        assertEquals("""
            plimsoll: x: bad
            plimsoll: port in use
            plimsoll: refused
            plimsoll: internal error: IllegalStateException: oops (--debug shows where)
            """, err.toString());
    }

    @Test
    void aFailedOutcomeChoosesTheCodeToo() {
        Role<ServerSettings, ExitCode> role = role((_, outcome) -> {
            outcome.completeExceptionally(new ConnectException("gone"));
            return new Program(outcome, Future.succeededFuture());
        });
        assertEquals(5, new LongRun<>(role, console).run(sources(), List.of()));
        assertTrue(err.toString().contains("plimsoll: gone"), err::toString);
    }

    @Test
    void badLauncherFlagsAreAUsageErrorAndItsHelpIsNone() {
        assertEquals(2, run(Future.succeededFuture(), Optional.of(ExitCode.OK), "-nonsense"));
        assertEquals(0, run(Future.succeededFuture(), Optional.empty(), "-h"));
    }

    @Test
    void theFirstSignalAsksForAGracefulStop() throws Exception {
        signalWhenDeployed();
        assertEquals(130, run(Future.succeededFuture(), Optional.empty()));
        assertTrue(undeployed.get());
        assertEquals("plimsoll: stopping; interrupt again to quit at once\n", err.toString());
    }

    @Test
    void aSignalBreaksOffAStartThatHangs() throws Exception {
        signalWhenDeployed();
        assertEquals(130, run(Promise.promise().future(), Optional.empty()));
    }

    @Test
    void aLogThatCannotBeWrittenIsAConfigurationError() {
        Sources sources = new Sources(
                Optional.empty(), Map.of(), List.of(new io.plimsoll.config.Flag("--log", "log", dir.toString())));
        LongRun<ServerSettings, ExitCode> run =
                new LongRun<>(role((_, outcome) -> new Program(outcome, Future.succeededFuture())), console);
        ConfigException error = assertThrows(ConfigException.class, () -> run.run(sources, List.of()));
        assertTrue(error.getMessage().contains("cannot be written"), error.getMessage());
    }

    @Test
    void saysHowAnAmbiguousSizeWasRead() {
        Sources sources = new Sources(
                Optional.empty(),
                Map.of(),
                List.of(
                        new io.plimsoll.config.Flag(
                                "--log", "log", dir.resolve("x.log").toString()),
                        new io.plimsoll.config.Flag("--frame-size", "limits.frameSize", "500K")));
        Role<ServerSettings, ExitCode> role = role((_, outcome) -> {
            outcome.complete(ExitCode.OK);
            return new Program(outcome, Future.succeededFuture());
        });
        assertEquals(0, new LongRun<>(role, console).run(sources, List.of()));
        assertEquals(
                "plimsoll: --frame-size: '500K' is read as 500KB (500000 bytes); write 500KiB for powers of two\n",
                err.toString());
    }

    private void signalWhenDeployed() {
        long pid = ProcessHandle.current().pid();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                if (deployed.await(30, TimeUnit.SECONDS)) {
                    new ProcessBuilder("kill", "-TERM", String.valueOf(pid))
                            .start()
                            .waitFor();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private int run(Future<?> starting, Optional<ExitCode> outcomeAtOnce, String... launcherArgs) {
        Role<ServerSettings, ExitCode> role = role((_, outcome) -> {
            outcomeAtOnce.ifPresent(outcome::complete);
            return new Program(outcome, starting);
        });
        return new LongRun<>(role, console).run(sources(), List.of(launcherArgs));
    }

    private Sources sources() {
        String log = dir.resolve("server.log").toString();
        return new Sources(Optional.empty(), Map.of(), List.of(new io.plimsoll.config.Flag("--log", "log", log)));
    }

    private static Role<ServerSettings, ExitCode> role(
            java.util.function.BiFunction<ServerSettings, CompletableFuture<ExitCode>, io.vertx.core.Deployable>
                    verticle) {
        return new Role<>(
                "server",
                ClusterVertx.Node.SERVER,
                Settings::server,
                ServerSettings::log,
                ServerSettings::cluster,
                verticle,
                (code, _) -> code,
                _ -> "nothing is left");
    }
}
