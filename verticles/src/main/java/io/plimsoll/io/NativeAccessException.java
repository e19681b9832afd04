package io.plimsoll.io;

/// Java may not call libc here; the message has the remedy. Engines and files on Java's own means work even so.
public final class NativeAccessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NativeAccessException(String message) {
        super(message);
    }
}
