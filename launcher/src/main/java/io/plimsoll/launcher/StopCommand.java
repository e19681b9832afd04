package io.plimsoll.launcher;

import io.plimsoll.model.ClientId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "stop",
        description = "Stops the clients of the open run gracefully: what they measured is kept.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Without --cluster it asks a server on this machine (127.0.0.1:5811)."})
final class StopCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--client", paramLabel = "ID", description = "Only this client; default: all of them.")
    private String client;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the log and the report.")
    private String reason = "plimsoll stop";

    @Mixin
    private ClusterOptions cluster;

    @Override
    public Integer call() {
        Optional<ClientId> id = id();
        try (Bus bus = Bus.join(cluster.sources("client", List.of()))) {
            var reply = bus.stop(id, reason);
            Console console = new Console(spec);
            reply.stopping().forEach(c -> console.out().println("stopping " + c));
            reply.unreached().forEach(c -> console.message("client '" + c + "' is not in the run, or out of reach"));
            if (reply.stopping().isEmpty() && reply.unreached().isEmpty()) {
                console.message("no client is running");
            }
            return (reply.unreached().isEmpty() ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }

    private Optional<ClientId> id() {
        try {
            return Optional.ofNullable(client).map(ClientId::new);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--client: " + e.getMessage());
        }
    }
}
