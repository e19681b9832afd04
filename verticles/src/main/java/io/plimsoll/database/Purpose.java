package io.plimsoll.database;

import io.vertx.pgclient.PgConnectOptions;

/// What connections are opened for. Postgres itself keeps each kind within limits of its own: a statement, a lock or a
/// transaction that nobody waits for any more ends also where nobody is left to end it.
enum Purpose {
    /// Making and changing tables. A migration may rewrite them; longer ones are better done with a warning to whoever
    /// runs the database.
    SCHEMA("plimsoll-schema", 15 * 60, 30, 0),
    /// Writing reports. The longest transaction that the server waits for has two minutes.
    SERVER("plimsoll-server", 130, 5, 30),
    /// Reading. An export into a pager holds its snapshot for as long as somebody reads.
    QUERIES("plimsoll-queries", 60, 5, 10 * 60);

    private static final int CHECK_SECONDS = 5;

    private final String applicationName;
    private final int statementSecondsMax;
    private final int lockSecondsMax;
    private final int idleInTransactionSecondsMax;

    Purpose(String applicationName, int statementSecondsMax, int lockSecondsMax, int idleInTransactionSecondsMax) {
        this.applicationName = applicationName;
        this.statementSecondsMax = statementSecondsMax;
        this.lockSecondsMax = lockSecondsMax;
        this.idleInTransactionSecondsMax = idleInTransactionSecondsMax;
    }

    /// As start-up properties, which win over `ALTER ROLE … SET`, `ALTER DATABASE … SET` and the address.
    PgConnectOptions limit(PgConnectOptions options) {
        options.setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(64)
                .setPreparedStatementCacheSqlLimit(8192)
                .setPipeliningLimit(1)
                .setReconnectAttempts(0)
                .addProperty("application_name", applicationName)
                .addProperty("synchronous_commit", "on")
                .addProperty("statement_timeout", statementSecondsMax + "s")
                .addProperty("lock_timeout", lockSecondsMax + "s")
                .addProperty("idle_in_transaction_session_timeout", idleInTransactionSecondsMax + "s")
                .addProperty("client_connection_check_interval", CHECK_SECONDS + "s");
        return this == QUERIES ? options.addProperty("default_transaction_read_only", "on") : options;
    }
}
