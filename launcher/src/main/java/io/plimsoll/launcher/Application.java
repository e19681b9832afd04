package io.plimsoll.launcher;

import io.plimsoll.config.ClusterSettings;
import io.vertx.core.Deployable;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The launcher of Vert.x, told which verticle to run and on what kind of Vert.x. It neither ends the process nor
/// prints usage by itself; a failure is kept for [LongRun] to explain.
final class Application extends VertxApplication implements VertxApplicationHooks {
    private final Supplier<? extends Deployable> verticle;
    private final Optional<ClusterNode> cluster;

    private volatile Vertx vertx;
    private volatile Throwable failure;

    /// @param ownAddress resolved beforehand: what a hook throws, the launcher swallows
    record ClusterNode(ClusterSettings settings, ClusterVertx.Node node, String ownAddress) {}

    Application(List<String> args, Supplier<? extends Deployable> verticle, Optional<ClusterNode> cluster) {
        super(arguments(args, cluster.isPresent()), null, false, false);
        this.verticle = verticle;
        this.cluster = cluster;
    }

    /// The Vert.x that was started, if it was: not where the arguments asked for help only.
    Optional<Vertx> vertx() {
        return Optional.ofNullable(vertx);
    }

    /// Why Vert.x could not be started or the verticle not be deployed.
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public VertxBuilder createVertxBuilder(VertxOptions options) {
        return cluster.map(c -> ClusterVertx.builder(options, c.settings(), c.node(), c.ownAddress()))
                .orElseGet(() -> Vertx.builder().with(options));
    }

    @Override
    public void afterVertxStarted(HookContext context) {
        vertx = context.vertx();
    }

    @Override
    public void afterFailureToStartVertx(HookContext context, Throwable cause) {
        failure = cluster.map(c -> ClusterVertx.explained(cause, c.settings())).orElse(cause);
    }

    @Override
    public Supplier<? extends Deployable> verticleSupplier() {
        return verticle;
    }

    @Override
    public void afterFailureToDeployVerticle(HookContext context, Throwable cause) {
        // LongRun closes Vert.x, within a time bound.
        failure = cause;
    }

    private static String[] arguments(List<String> args, boolean clustered) {
        return Stream.concat(clustered ? Stream.of("-cluster") : Stream.empty(), args.stream())
                .toArray(String[]::new);
    }
}
