package io.plimsoll.database;

/// Why the database could not be opened or asked, in words for the user: what, where, and what to do about it.
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What went wrong, for whoever chooses an exit code or decides whether to try again.
    public enum Kind {
        /// The location itself is malformed.
        LOCATION,
        /// There is no database there yet.
        MISSING,
        /// Another process owns the embedded directory.
        IN_USE,
        /// The directory belongs to another major version of Postgres, or is no database of ours.
        WRONG_DIRECTORY,
        /// This machine cannot run the embedded Postgres.
        UNSUPPORTED,
        /// The embedded Postgres did not start or stop.
        START,
        /// No answer at the address, or the connection broke.
        UNREACHABLE,
        /// User, password or rights were refused.
        REFUSED,
        /// It can lose what it has committed, and nobody said that this will do.
        UNSAFE,
        /// The schema is older or newer than this program, or was altered.
        SCHEMA,
        /// A statement took longer than it was given.
        TIMEOUT
    }

    private final Kind kind;

    public DatabaseException(Kind kind, String message) {
        this(kind, message, null);
    }

    public DatabaseException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
