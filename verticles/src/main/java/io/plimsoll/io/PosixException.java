package io.plimsoll.io;

import java.io.IOException;
import java.util.Optional;

/// An operation that the operating system refused: which, on what, why.
/// `write /mnt/x/data-000003: No space left on device (ENOSPC, errno 28)`.
public final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final String path;
    private final int errno;

    /// @param errno 0 where there is none; `detail` says the cause then
    public PosixException(String operation, String path, int errno, String detail) {
        super(message(operation, path, errno, detail));
        this.operation = operation;
        this.path = path;
        this.errno = errno;
    }

    PosixException(String operation, String path, int errno) {
        this(operation, path, errno, "");
    }

    private static String message(String operation, String path, int errno, String detail) {
        String why = errno == 0 ? detail : Errno.describe(errno) + (detail.isEmpty() ? "" : "; " + detail);
        return operation + " " + path + ": " + why;
    }

    /// `open`, `write`, `fsync`, `close`, `unlink`, `dd` …
    public String operation() {
        return operation;
    }

    public String path() {
        return path;
    }

    /// Linux's number, or 0 where the operation failed without one.
    public int errno() {
        return errno;
    }

    public Optional<String> errnoName() {
        for (Errno e : Errno.values()) {
            if (e.number == errno) {
                return Optional.of(e.name());
            }
        }
        return Optional.empty();
    }
}
