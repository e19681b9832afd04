package io.plimsoll.security;

/// A key, a certificate or a file of them that cannot be used; the message names the file and the remedy.
public final class CredentialsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CredentialsException(String message) {
        super(message);
    }

    public CredentialsException(String message, Throwable cause) {
        super(message, cause);
    }
}
