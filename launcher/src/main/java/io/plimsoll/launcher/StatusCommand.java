package io.plimsoll.launcher;

import io.plimsoll.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        description = "Shows what clients are doing right now, by the clustered event bus.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Without --cluster it asks a server on this machine (127.0.0.1:5811)."})
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster;

    @Override
    public Integer call() {
        try (Bus bus = Bus.join(cluster.sources("client", List.of()))) {
            var status = bus.status();
            Console console = new Console(spec);
            console.out()
                    .print(
                            json
                                    ? new String(Json.write(status), StandardCharsets.UTF_8) + "\n"
                                    : StatusText.table(status));
            return ExitCode.OK.code();
        }
    }
}
