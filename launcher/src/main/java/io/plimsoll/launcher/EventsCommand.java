package io.plimsoll.launcher;

import io.plimsoll.model.Severity;
import io.plimsoll.report.EventRows;
import io.plimsoll.report.JsonStream;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "events",
        description = "Prints what happened in a run, in the order of time.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EventsCommand implements Callable<Integer> {
    private static final String SCHEMA = "plimsoll.events";
    private static final int VERSION = 1;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "RUN", description = ShowCommand.RUN)
    private String run;

    @Option(names = "--client", paramLabel = "ID", description = "Only events of clients whose id begins so.")
    private String client;

    @Option(
            names = "--severity",
            paramLabel = "SEVERITY",
            defaultValue = "INFO",
            description = "Only events at least so grave: info, warning or error.")
    private Severity severity;

    @Option(names = "--kind", paramLabel = "KIND", description = "Only events of this kind, such as client-lost.")
    private String kind;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeWord.class,
            description = "Only events then or later: 2026-11-23T21:41 (UTC), 2h, 3d (ago).")
    private Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = TimeWord.class,
            description = "Only events before then.")
    private Instant until;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        return Query.run(spec, database, (session, out) -> {
            long number = session.run(run);
            if (json) {
                JsonStream document = new JsonStream(out, SCHEMA, VERSION);
                document.field("run", number);
                document.beginArray("events");
                session.events(number, filter(), event -> {
                    document.element(event);
                    stopIfNobodyReads(out);
                });
                document.endArray();
                document.end();
            } else {
                session.events(number, filter(), event -> {
                    out.print(EventRows.line(event) + "\n");
                    stopIfNobodyReads(out);
                });
            }
        });
    }

    private static void stopIfNobodyReads(PrintWriter out) {
        if (out.checkError()) {
            throw new Query.OutputClosedException();
        }
    }

    private EventRows.Filter filter() {
        return new EventRows.Filter(
                Optional.ofNullable(client),
                severity,
                Optional.ofNullable(kind),
                Optional.ofNullable(since),
                Optional.ofNullable(until));
    }
}
