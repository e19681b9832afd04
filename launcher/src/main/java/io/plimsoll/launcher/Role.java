package io.plimsoll.launcher;

import io.plimsoll.config.ClusterSettings;
import io.plimsoll.config.Settings;
import io.plimsoll.config.Sources;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/// What tells a long-running command from another.
///
/// @param name `server` or `client`: names the logback file too
/// @param verticle makes the main verticle, which completes the future with the outcome when it has ended by itself
///     or was asked to stop
/// @param ended tells the user of the outcome, and says what it means to the caller of the command
/// @param leftBehind what remains when the process is killed now
record Role<S, O>(
        String name,
        ClusterVertx.Node node,
        BiFunction<Vertx, Sources, Future<Settings.Loaded<S>>> load,
        Function<S, Path> log,
        Function<S, Optional<ClusterSettings>> cluster,
        BiFunction<S, CompletableFuture<O>, Deployable> verticle,
        BiFunction<O, Console, ExitCode> ended,
        Function<S, String> leftBehind) {}
