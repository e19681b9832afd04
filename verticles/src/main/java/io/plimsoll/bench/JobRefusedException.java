package io.plimsoll.bench;

import java.io.IOException;

/// A job that cannot be run as it was asked for, found out before anything was measured; the message says why, and
/// what to do instead.
public final class JobRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    public JobRefusedException(String message) {
        super(message);
    }

    public JobRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
