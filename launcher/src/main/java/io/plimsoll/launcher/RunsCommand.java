package io.plimsoll.launcher;

import io.plimsoll.report.RunList;
import io.plimsoll.report.RunState;
import io.plimsoll.report.RunSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "runs",
        description = "Lists runs, the newest first.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseOption database;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many at most (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--client", paramLabel = "ID", description = "Only runs with a client whose id begins so.")
    private String client;

    @Option(
            names = "--target",
            paramLabel = "TEXT",
            description = "Only runs that wrote to a path, mount point, file system, source or device with this in it.")
    private String target;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only runs in this state: open, complete, incomplete or failed.")
    private RunState state;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeWord.class,
            description = "Only runs that began then or later: 2026-11-23, 2026-11-23T21:41 (UTC), 2h, 3d (ago).")
    private Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = TimeWord.class,
            description = "Only runs that began before then.")
    private Instant until;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        return Query.run(spec, database, (session, out) -> {
            List<RunSummary> runs = session.runs(filter());
            if (json) {
                out.print(RunList.json(runs));
            } else if (runs.isEmpty()) {
                spec.commandLine().getErr().println("no such run");
            } else {
                out.print(RunList.text(runs));
            }
        });
    }

    private RunList.Filter filter() {
        if (limit < 1 || limit > RunList.Filter.LIMIT_MAX) {
            throw new Query.UsageException("--limit is " + limit + ", allowed: 1 to " + RunList.Filter.LIMIT_MAX);
        }
        return new RunList.Filter(
                limit,
                Optional.ofNullable(client),
                Optional.ofNullable(target),
                Optional.ofNullable(state),
                Optional.ofNullable(since),
                Optional.ofNullable(until));
    }
}
