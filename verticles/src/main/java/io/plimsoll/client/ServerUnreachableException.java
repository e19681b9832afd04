package io.plimsoll.client;

/// There is no server where there should be one.
public final class ServerUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ServerUnreachableException(String message) {
        super(message);
    }
}
