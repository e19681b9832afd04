package io.plimsoll.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "issue",
        description = "Makes a key and its certificate: a directory to be copied to the machine that it is for.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PkiIssueCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "ID",
            description = "The client's id, the server's name, or a person: up to 64 letters, digits, '.', '-', '_'.")
    private String id;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "client (default) delivers reports under its own id, operator stops clients and sees their"
                    + " status, viewer sees their status, server takes reports.")
    private String role = "client";

    @Option(
            names = "--host",
            paramLabel = "HOST",
            split = ",",
            description = "For a server, the names and addresses that clients connect to: --host db1,10.0.0.5")
    private List<String> hosts = List.of();

    @Option(
            names = "--authority",
            paramLabel = "DIR",
            description = "The directory of pki init; default: plimsoll/pki in the user's configuration directory.")
    private Path authority;

    @Override
    public Integer call() {
        Pki.issue(Pki.directory(Optional.ofNullable(authority)), id, role, hosts)
                .forEach(new Console(spec).out()::println);
        return ExitCode.OK.code();
    }
}
