package io.plimsoll.wire;

/// Bytes from outside that are not what the protocol allows; the message is one line for a log or a user.
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WireException(String message) {
        super(message);
    }

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
