package io.plimsoll.launcher;

import io.plimsoll.config.Logging;
import io.plimsoll.config.Settings;
import io.plimsoll.config.Sources;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs a server or a client from its settings to its exit code. The main thread owns the end: it waits for the
/// verticle's outcome, closes Vert.x within a bound and returns. Ending the process on an event loop would hang, for
/// the launcher's shutdown hook waits for that loop.
final class LongRun<S, O> {
    /// Any message there asks the verticles of this process to stop gracefully.
    static final String SHUTDOWN_ADDRESS = "plimsoll.local.shutdown";

    private static final long CLOSE_TIMEOUT_S = 30;
    private static final long START_PATIENCE_S = 10;

    private final Role<S, O> role;
    private final Console console;
    private final Companion companion;
    private final CompletableFuture<O> outcome = new CompletableFuture<>();
    private final Thread main = Thread.currentThread();
    private Application application;
    private boolean launching;

    LongRun(Role<S, O> role, Console console) {
        this(role, console, Companion.NONE);
    }

    LongRun(Role<S, O> role, Console console, Companion companion) {
        this.role = role;
        this.console = console;
        this.companion = companion;
    }

    /// What goes on beside the run, in the same process.
    interface Companion {
        Companion NONE = new Companion() {};

        /// The verticle is deployed. On the main thread.
        default void started(Vertx vertx) {}

        /// A graceful stop was asked for. Must not block.
        ///
        /// @return whether the companion brings the stop about by itself
        default boolean stopping() {
            return false;
        }
    }

    /// @param launcherArgs for the launcher of Vert.x
    int run(Sources sources, List<String> launcherArgs) {
        Settings.Loaded<S> loaded = load(sources);
        loaded.notes().forEach(console::message);
        S settings = loaded.settings();
        Optional<Application.ClusterNode> cluster = role.cluster()
                .apply(settings)
                .map(c -> new Application.ClusterNode(c, role.node(), ClusterVertx.ownAddress(c)));
        Logging.start(role.name(), role.log().apply(settings));
        application = new Application(launcherArgs, () -> role.verticle().apply(settings, outcome), cluster);
        try (Interrupts interrupts =
                new Interrupts(console, this::stop, () -> role.leftBehind().apply(settings))) {
            ExitCode code = launch(interrupts);
            return (interrupts.happened() ? ExitCode.INTERRUPTED : code).code();
        } finally {
            Logging.stop();
        }
    }

    private Settings.Loaded<S> load(Sources sources) {
        VertxOptions small =
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1);
        Vertx vertx = Vertx.vertx(small);
        try {
            return role.load().apply(vertx, sources).await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.INTERNAL, "reading the configuration took more than 30 s", e);
        } finally {
            vertx.close();
        }
    }

    private ExitCode launch(Interrupts interrupts) {
        try {
            launching(true);
            int launched = application.launch();
            launching(false);
            if (interrupts.happened() && launched != 0) {
                return ExitCode.INTERRUPTED;
            }
            if (launched != 0) {
                return notLaunched(launched);
            }
            if (application.vertx().isEmpty()) {
                return ExitCode.OK;
            }
            if (interrupts.happened()) {
                stop();
            } else {
                companion.started(application.vertx().get());
            }
            return role.ended().apply(outcome.get(), console);
        } catch (ExecutionException e) {
            return Failures.report(e, console.debug(), console.err());
        } catch (InterruptedException e) {
            return ExitCode.INTERRUPTED;
        } finally {
            close();
        }
    }

    private ExitCode notLaunched(int launched) {
        if (launched == io.vertx.launcher.application.ExitCodes.USAGE) {
            return ExitCode.USAGE;
        }
        Throwable failure = application
                .failure()
                .orElseGet(() -> new CommandException(
                        ExitCode.INTERNAL,
                        "the launcher of Vert.x failed with code " + launched + "; see the log, and what follows --"));
        return Failures.report(failure, console.debug(), console.err());
    }

    /// Asks for a graceful stop; on a thread of the JVM for signals. A start that is under way is let through first, so
    /// that what it began is ended in order; one that does not get through is broken off after a while.
    private synchronized void stop() {
        if (launching) {
            CompletableFuture.delayedExecutor(START_PATIENCE_S, TimeUnit.SECONDS)
                    .execute(this::breakOff);
        } else if (!companion.stopping() && !outcome.isDone()) {
            application.vertx().ifPresent(LongRun::askToStop);
        }
    }

    private synchronized void breakOff() {
        if (launching) {
            main.interrupt();
        }
    }

    private static void askToStop(Vertx vertx) {
        try {
            vertx.eventBus().publish(SHUTDOWN_ADDRESS, "stop", new DeliveryOptions().setLocalOnly(true));
        } catch (RejectedExecutionException | IllegalStateException e) {
            // it has just ended by itself
        }
    }

    private synchronized void launching(boolean now) {
        launching = now;
        if (!now) {
            // An interrupt that came too late to break the start off must not break off the wait for the outcome.
            Thread.interrupted();
        }
    }

    private void close() {
        Future<Void> closed = application.vertx().map(Vertx::close).orElse(Future.succeededFuture());
        try {
            closed.toCompletionStage().toCompletableFuture().get(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Failures.report(e, console.debug(), console.err());
        } catch (TimeoutException e) {
            console.message("not everything ended within " + CLOSE_TIMEOUT_S + " s; the process ends all the same");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
