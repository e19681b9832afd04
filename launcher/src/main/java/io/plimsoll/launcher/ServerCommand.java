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

/// `plimsoll server`.
@Command(
        name = "server",
        description = "Run a server: it takes what clients measure into the database, and writes the report.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Everything else is in conf/server.yaml. What follows -- goes to the launcher of Vert.x:",
            "  plimsoll server -- -options '{\"eventLoopPoolSize\": 4}'"
        })
final class ServerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-d", "--database"},
            paramLabel = "DATABASE",
            description = "A postgresql:// URI, or a directory for the embedded Postgres; default: in the user's data"
                    + " directory.")
    private String database;

    @Option(
            names = "--database-password-file",
            paramLabel = "FILE",
            description = "Where the password of -d postgresql://… is, in a line HOST:PORT:NAME:USER:PASSWORD"
                    + " (~/.pgpass).")
    private String databasePasswordFile;

    @Option(
            names = "--allow-unsafe-database",
            negatable = true,
            description = "Take a Postgres that can lose what it has committed, too; every run is marked.")
    private Boolean allowUnsafeDatabase;

    @Option(names = "--report", paramLabel = "FILE", description = "The report as JSON (report.json).")
    private String report;

    @Option(
            names = "--idle-timeout",
            paramLabel = "DURATION",
            description = "End so long after the start without clients, or after the last one left (30s).")
    private String idleTimeout;

    @Option(names = "--keep-running", negatable = true, description = "Never end by itself.")
    private Boolean keepRunning;

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            description = "Answer GET /live and /ready on this port of 127.0.0.1 (0: do not).")
    private String healthPort;

    @Mixin
    private ConfigOptions config;

    @Parameters(hidden = true)
    private List<String> afterDashes = List.of();

    @Override
    public Integer call() {
        List<String> launcherArgs = LauncherArguments.of(spec, afterDashes);
        return new LongRun<>(Roles.server(), new Console(spec)).run(sources(), launcherArgs);
    }

    Sources sources() {
        List<Flag> flags = new ArrayList<>();
        Flags.add(flags, "--database", "database", database);
        Flags.add(flags, "--database-password-file", "databasePasswordFile", databasePasswordFile);
        Flags.add(flags, "--allow-unsafe-database", "allowUnsafeDatabase", allowUnsafeDatabase);
        Flags.add(flags, "--report", "report", report);
        Flags.add(flags, "--idle-timeout", "idleTimeout", idleTimeout);
        Flags.add(flags, "--keep-running", "keepRunning", keepRunning);
        Flags.add(flags, "--health-port", "health.port", healthPort);
        return config.sources("server", flags);
    }
}
