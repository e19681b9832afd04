package io.plimsoll.database;

import java.nio.file.Path;

/// A process of its own for [EmbeddedPostgresIT]: owns the Postgres of a directory until its standard input ends.
final class EmbeddedPostgresChild {
    private EmbeddedPostgresChild() {}

    public static void main(String[] arguments) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]), System.getenv(), 0)) {
            System.out.println("ready " + postgres.port() + " " + postgres.pid());
            while (System.in.read() >= 0) {
                // waits for the end of input
            }
        } catch (DatabaseException e) {
            System.out.println(e.kind() + " " + e.getMessage());
            System.exit(3);
        }
        System.out.println("closed");
    }
}
