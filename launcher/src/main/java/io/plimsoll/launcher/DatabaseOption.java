package io.plimsoll.launcher;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Which database, for every command that reads one.
final class DatabaseOption {
    @Option(
            names = {"-d", "--database"},
            paramLabel = "DATABASE",
            description = "postgresql://USER@HOST:PORT/NAME, or the directory of the embedded database"
                    + " (default: where the server keeps it).")
    String database;

    @Option(
            names = "--database-password-file",
            paramLabel = "FILE",
            description = "Where the password of -d postgresql://… is, in a line HOST:PORT:NAME:USER:PASSWORD"
                    + " (default: ~/.pgpass).")
    Path passwordFile;
}
