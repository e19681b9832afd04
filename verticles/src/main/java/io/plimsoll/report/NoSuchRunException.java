package io.plimsoll.report;

/// The run that was asked for does not exist, or more than one fits; the message is for the user.
public final class NoSuchRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchRunException(String message) {
        super(message);
    }
}
