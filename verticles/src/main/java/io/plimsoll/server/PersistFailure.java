package io.plimsoll.server;

import io.vertx.pgclient.PgException;

/// Why a request to [PersistBus#ADDRESS] failed, with one of its failure codes.
final class PersistFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    PersistFailure(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }

    /// Tells a request that is itself at fault, so that no retry helps, from a database that is away: data that the
    /// tables refuse (SQLSTATE classes 22 and 23). Data that cannot even be put into a statement are told by
    /// [#unstorable], where the statement is made: a pool throws the same exceptions for reasons of its own.
    static PersistFailure of(Throwable failure) {
        return switch (failure) {
            case PersistFailure known -> known;
            case PgException e
            when e.getSqlState() != null
                    && (e.getSqlState().startsWith("22") || e.getSqlState().startsWith("23")) -> unstorable(e);
            default -> new PersistFailure(Persist.UNAVAILABLE, String.valueOf(failure.getMessage()));
        };
    }

    static PersistFailure unstorable(Throwable failure) {
        return new PersistFailure(Persist.UNSTORABLE, String.valueOf(failure.getMessage()));
    }
}
