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
        description = "Delivers reports that a client could not: the file that it left says so in its name.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "A file that was delivered already does no harm: the server keeps each report once."})
final class SubmitCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "plimsoll-unsent-CLIENT-EPOCH.frames")
    private Path file;

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
    private ConfigFileOption config;

    @Override
    public Integer call() {
        List<Flag> flags = new ArrayList<>();
        Flags.add(flags, "--server-host", "tcp.server", serverHost);
        Flags.add(flags, "--tcp-port", "tcp.port", tcpPort);
        int reports = Submit.deliver(file, config.sources("client", flags));
        new Console(spec).out().println(reports + " reports delivered; " + file + " can be deleted");
        return ExitCode.OK.code();
    }
}
