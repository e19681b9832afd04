package io.plimsoll.launcher;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "quickstart",
        description = "Runs the whole on this machine for some seconds: a server, three clients, and the report.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Its files are in ./plimsoll-quickstart; the run stays in the database: plimsoll runs."})
final class QuickstartCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-path", "--path"},
            paramLabel = "DIR",
            description = "Directory on the disk to try; default: ./plimsoll-quickstart.")
    private Path path = Path.of("plimsoll-quickstart");

    @Mixin
    private DatabaseOption database;

    @Override
    public Integer call() {
        return new Quickstart(new Console(spec), path).run(database);
    }
}
