package io.plimsoll.client;

/// The server refuses this client, or what it sent, for good.
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RefusedException(String message) {
        super(message);
    }
}
