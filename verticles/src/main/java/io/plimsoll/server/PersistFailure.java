package io.plimsoll.server;

/// Why a request to [Persist#ADDRESS] failed, with one of its failure codes.
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
}
