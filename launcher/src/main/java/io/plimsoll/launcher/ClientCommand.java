package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import io.plimsoll.config.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `plimsoll client`.
@Command(
        name = "client",
        description = "Run a client: it writes to a disk, measures, and reports to the server.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Sizes: 10000000, 10MB (10^6) or 10MiB (2^20). Durations: 500ms, 10s, 5m, 1h30m.",
            "Everything else is in conf/client.yaml. What follows -- goes to the launcher of Vert.x:",
            "  plimsoll client -- -options '{\"eventLoopPoolSize\": 2}'"
        })
final class ClientCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-sh", "--server-host"},
            paramLabel = "HOST",
            description = "The server (127.0.0.1).")
    private String serverHost;

    @Option(
            names = {"-id", "--id"},
            paramLabel = "ID",
            description = "Name of this client; default: a new UUID.")
    private String id;

    @Option(
            names = {"-c", "--chunk-size"},
            paramLabel = "SIZE",
            description = "Bytes of one write (10MB).")
    private String chunkSize;

    @Option(
            names = {"-f", "--file-size"},
            paramLabel = "SIZE",
            description = "Bytes at which the next file begins (20MB).")
    private String fileSize;

    @Option(
            names = {"-rt", "--run-time"},
            paramLabel = "DURATION",
            description = "How long to write (10s).")
    private String runTime;

    @Option(
            names = {"-path", "--path"},
            paramLabel = "DIR",
            description = "Directory on the disk to measure; default: ./<client id>/chunkfiles. Or the NAME of an"
                    + " allowed one, in which it is made.")
    private String path;

    @Option(
            names = "--allow",
            paramLabel = "NAME=DIR",
            description = "Write in this directory only, whatever is asked for. Can be given more than once.")
    private List<String> allow;

    @Option(
            names = {"-dd", "--dd"},
            negatable = true,
            description = "Write the same chunks by the system's dd, for comparison.")
    private Boolean dd;

    @Option(
            names = {"-hb", "--heartbeat-interval"},
            paramLabel = "DURATION",
            description = "Time between two heartbeats (5s).")
    private String heartbeatInterval;

    @Option(names = "--resource-interval", paramLabel = "DURATION", description = "Between CPU samples (10s).")
    private String resourceInterval;

    @Option(names = "--kept-files", paramLabel = "N", description = "Finished files on disk during the run (3).")
    private String keptFiles;

    @Option(names = "--keep-files", negatable = true, description = "Leave the data files there at the end.")
    private Boolean keepFiles;

    @Option(names = "--allow-small-chunks", negatable = true, description = "Take chunks below 10MB.")
    private Boolean allowSmallChunks;

    @Option(names = "--force", negatable = true, description = "Run although too few rollovers are expected.")
    private Boolean force;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress.")
    private Boolean quiet;

    @Mixin
    private ConfigOptions config;

    @Parameters(hidden = true)
    private List<String> afterDashes = List.of();

    @Override
    public Integer call() {
        List<String> launcherArgs = LauncherArguments.of(spec, afterDashes);
        return new LongRun<>(Roles.client(), new Console(spec)).run(sources(), launcherArgs);
    }

    Sources sources() {
        List<Flag> flags = new ArrayList<>();
        Flags.add(flags, "--server-host", "tcp.server", serverHost);
        Flags.add(flags, "--id", "id", id);
        Flags.add(flags, "--chunk-size", "chunkSize", chunkSize);
        Flags.add(flags, "--file-size", "fileSize", fileSize);
        Flags.add(flags, "--run-time", "runTime", runTime);
        Flags.add(flags, "--path", "path", path);
        Flags.add(flags, "--allow", "targets", allow == null ? null : String.join(",", allow));
        Flags.add(flags, "--dd", "dd", dd);
        Flags.add(flags, "--heartbeat-interval", "heartbeatInterval", heartbeatInterval);
        Flags.add(flags, "--resource-interval", "resourceInterval", resourceInterval);
        Flags.add(flags, "--kept-files", "keptFiles", keptFiles);
        Flags.add(flags, "--keep-files", "keepFiles", keepFiles);
        Flags.add(flags, "--allow-small-chunks", "allowSmallChunks", allowSmallChunks);
        Flags.add(flags, "--force", "force", force);
        Flags.add(flags, "--quiet", "quiet", quiet);
        return config.sources("client", flags);
    }
}
