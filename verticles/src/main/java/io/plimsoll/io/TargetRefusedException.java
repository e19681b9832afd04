package io.plimsoll.io;

import java.io.IOException;

/// A directory that must not or cannot be written to; the message says why, and what to do instead.
public final class TargetRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    TargetRefusedException(String message) {
        super(message);
    }

    TargetRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
