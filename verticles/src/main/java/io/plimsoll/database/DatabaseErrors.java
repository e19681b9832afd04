package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import javax.net.ssl.SSLException;

/// Turns what the Postgres client throws into what a user can act on. An error in a statement stays as it is.
final class DatabaseErrors {
    /// What the client says where it has no exception for it.
    private static final String HANDSHAKE_FAILED = "SSL handshake failed";
    private static final String NO_TLS = "Postgres Server does not handle SSL connection";

    private DatabaseErrors() {}

    static Throwable translated(Throwable failure, String where) {
        return switch (failure) {
            case DatabaseException e -> e;
            case PgException e -> ofPostgres(e, where);
            case ClosedConnectionException e -> unreachable("the connection to " + where + " broke", e);
            case SSLException e -> stranger(where, e);
            case VertxException e when HANDSHAKE_FAILED.equals(e.getMessage()) -> stranger(where, e);
            case Exception e
            when NO_TLS.equals(e.getMessage()) ->
                new DatabaseException(
                        Kind.REFUSED,
                        "the database " + where + " does not encrypt: switch ssl on there, or leave sslmode out",
                        e);
            case IOException e -> unreachable("no answer from the database " + where + ": " + e.getMessage(), e);
            case VertxException e -> unreachable("no connection to the database " + where + ": " + e.getMessage(), e);
            default -> failure;
        };
    }

    private static Throwable ofPostgres(PgException e, String where) {
        String state = e.getSqlState() == null ? "" : e.getSqlState();
        String said = e.getErrorMessage() + " (" + state + ")";
        return switch (state) {
            case "28000", "28P01" ->
                new DatabaseException(Kind.REFUSED, "the database " + where + " refuses user or password: " + said, e);
            case "3D000" ->
                new DatabaseException(
                        Kind.MISSING, "the database " + where + " does not exist: create it with createdb first", e);
            case "42501" ->
                new DatabaseException(
                        Kind.REFUSED,
                        "the database " + where + " does not grant the rights needed: " + said + "; sql/roles.sql does",
                        e);
            case "57014", "55P03", "25P03" ->
                new DatabaseException(Kind.TIMEOUT, "the database " + where + " was not done in time: " + said, e);
            case "53300", "57P01", "57P02", "57P03", "57P05", "08000", "08003", "08006" ->
                unreachable("the database " + where + " is not available: " + said, e);
            default -> e;
        };
    }

    private static DatabaseException stranger(String where, Throwable cause) {
        return new DatabaseException(
                Kind.REFUSED,
                "the database " + where + " does not prove that it is the one meant (" + cause.getMessage()
                        + "): sslrootcert must be the certificate of its authority, and for verify-full its own must"
                        + " have the host's name",
                cause);
    }

    private static DatabaseException unreachable(String message, Throwable cause) {
        return new DatabaseException(Kind.UNREACHABLE, message + "; is Postgres running there?", cause);
    }
}
