package io.plimsoll.launcher;

import picocli.CommandLine.Option;

/// `-d`, for every command that reads the database.
final class DatabaseOption {
    @Option(
            names = {"-d", "--database"},
            paramLabel = "DATABASE",
            description = "postgresql://USER:PASSWORD@HOST:PORT/NAME, or the directory of the embedded database"
                    + " (default: where the server keeps it).")
    String database;
}
