package io.plimsoll.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "pki",
        description = "Makes a small certificate authority, and certificates for servers, clients and people.",
        mixinStandardHelpOptions = true,
        subcommands = {PkiInitCommand.class, PkiIssueCommand.class})
final class PkiCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do, for example: plimsoll pki init");
    }
}
