package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "submit",
        description = "Delivers reports that a client could not: the file that it left, or all files in a directory.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A file that was delivered already does no harm: the server keeps each report once. What is delivered from"
                + " a directory is deleted there; what a living client still writes to is left alone. What is damaged"
                + " is left out, and told."
        })
final class SubmitCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE|DIR",
            description =
                    "plimsoll-unsent-CLIENT-EPOCH.frames or plimsoll-spool-CLIENT-EPOCH-N.frames, or where they are.")
    private Path path;

    @Option(
            names = {"-sh", "--server-host"},
            paramLabel = "HOST",
            description = "The server (127.0.0.1).")
    private String serverHost;

    @Option(
            names = {"-t", "--tcp-port"},
            paramLabel = "PORT",
            description = "TCP port of the server (42000).")
    private String tcpPort;

    @Mixin
    private SecurityOptions security;

    @Mixin
    private ConfigFileOption config;

    @Override
    public Integer call() {
        List<Flag> flags = new ArrayList<>();
        Flags.add(flags, "--server-host", "tcp.server", serverHost);
        Flags.add(flags, "--tcp-port", "tcp.port", tcpPort);
        security.addTo(flags);
        Submit.Outcome outcome = Submit.deliver(path, config.sources("client", flags));
        Console console = new Console(spec);
        console.out().println(outcome.said());
        outcome.notes().forEach(console::message);
        return (outcome.notes().isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE).code();
    }
}
