package io.plimsoll.launcher;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "init",
        description = "Makes a certificate authority: one key, which signs all certificates of a lab.",
        mixinStandardHelpOptions = true)
final class PkiInitCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "Where it is kept; default: plimsoll/pki in the user's configuration directory.")
    private Path directory;

    @Override
    public Integer call() {
        Pki.init(Pki.directory(Optional.ofNullable(directory))).forEach(new Console(spec).out()::println);
        return ExitCode.OK.code();
    }
}
