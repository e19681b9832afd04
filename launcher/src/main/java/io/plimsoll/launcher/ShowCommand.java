package io.plimsoll.launcher;

import io.plimsoll.report.JsonReport;
import io.plimsoll.report.RunReport;
import io.plimsoll.report.TextReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        description = "Shows a run: its clients side by side, their targets and hosts. Everything else: report.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "RUN", description = RUN)
    private String run;

    @Option(
            names = "--client",
            paramLabel = "ID",
            description = "Only clients whose id begins so, with everything that is known of them.")
    private String client;

    @Option(names = "--json", description = "Print JSON, as report does.")
    private boolean json;

    static final String RUN = "Number of the run, 'latest', or the first digits of its UUID.";

    @Override
    public Integer call() {
        return Query.run(spec, database, (session, out) -> {
            RunReport report = session.report(session.run(run));
            if (client != null) {
                report = report.ofClients(client);
                if (report.clients().isEmpty()) {
                    throw new Query.UsageException(
                            "no client of run " + report.run().run() + " has an id that begins" + " with '" + client
                                    + "' (`plimsoll show " + report.run().run() + "` lists them)");
                }
            }
            if (json) {
                out.print(JsonReport.render(report));
            } else {
                out.print(client == null ? TextReport.summary(report) : TextReport.render(report));
            }
        });
    }
}
