package io.plimsoll.simulation;

/// A promise is broken.
final class ViolationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ViolationException(String what) {
        super(what);
    }
}
