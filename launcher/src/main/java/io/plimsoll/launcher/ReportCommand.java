package io.plimsoll.launcher;

import io.plimsoll.report.JsonReport;
import io.plimsoll.report.RunReport;
import io.plimsoll.report.TextReport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "report",
        description = "Renders the report of a run again, from the database.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "RUN", description = ShowCommand.RUN)
    private String run;

    @Option(names = "--out", paramLabel = "FILE", description = "Write it to this file instead of stdout.")
    private Path out;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        return Query.run(spec, database, Optional.ofNullable(out), (session, to) -> {
            RunReport report = session.report(session.run(run));
            to.print(json ? JsonReport.render(report) : TextReport.render(report));
        });
    }
}
