package io.plimsoll.io;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/// The error numbers that storage answers with, as Linux numbers them on every architecture that Java 25 runs on.
/// The texts are glibc's in the C locale, so that a number can also be found by what `dd` printed.
enum Errno {
    EPERM(1, "Operation not permitted"),
    ENOENT(2, "No such file or directory"),
    EINTR(4, "Interrupted system call"),
    EIO(5, "Input/output error"),
    ENXIO(6, "No such device or address"),
    EBADF(9, "Bad file descriptor"),
    EAGAIN(11, "Resource temporarily unavailable"),
    ENOMEM(12, "Cannot allocate memory"),
    EACCES(13, "Permission denied"),
    EFAULT(14, "Bad address"),
    EBUSY(16, "Device or resource busy"),
    EEXIST(17, "File exists"),
    ENODEV(19, "No such device"),
    ENOTDIR(20, "Not a directory"),
    EISDIR(21, "Is a directory"),
    EINVAL(22, "Invalid argument"),
    ENFILE(23, "Too many open files in system"),
    EMFILE(24, "Too many open files"),
    EFBIG(27, "File too large"),
    ENOSPC(28, "No space left on device"),
    EROFS(30, "Read-only file system"),
    EMLINK(31, "Too many links"),
    EPIPE(32, "Broken pipe"),
    ENAMETOOLONG(36, "File name too long"),
    ENOLCK(37, "No locks available"),
    ENOSYS(38, "Function not implemented"),
    ENOTEMPTY(39, "Directory not empty"),
    ELOOP(40, "Too many levels of symbolic links"),
    ETIME(62, "Timer expired"),
    EPROTO(71, "Protocol error"),
    EOPNOTSUPP(95, "Operation not supported"),
    ESHUTDOWN(108, "Cannot send after transport endpoint shutdown"),
    ETIMEDOUT(110, "Connection timed out"),
    EHOSTDOWN(112, "Host is down"),
    EHOSTUNREACH(113, "No route to host"),
    ESTALE(116, "Stale file handle"),
    EREMOTEIO(121, "Remote I/O error"),
    EDQUOT(122, "Disk quota exceeded"),
    ENOMEDIUM(123, "No medium found"),
    ECANCELED(125, "Operation canceled");

    final int number;
    final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// `No space left on device (ENOSPC, errno 28)`, or `errno 77` for one that this table lacks.
    static String describe(int number) {
        for (Errno e : values()) {
            if (e.number == number) {
                return e.text + " (" + e.name() + ", errno " + number + ")";
            }
        }
        return "errno " + number;
    }

    /// The number whose text a message of a program in the C locale ends with; 0 where none does.
    static int guess(String message) {
        String end = message.strip().toLowerCase(Locale.ROOT);
        for (Errno e : values()) {
            if (end.endsWith(e.text.toLowerCase(Locale.ROOT))) {
                return e.number;
            }
        }
        return 0;
    }

    /// The number behind an exception of Java's file classes, which tell it by their type or as the system's text; 0
    /// where it cannot be known, as in another language.
    static int of(IOException e) {
        return switch (e) {
            case PosixException x -> x.errno();
            case NoSuchFileException _ -> ENOENT.number;
            case FileAlreadyExistsException _ -> EEXIST.number;
            case AccessDeniedException _ -> EACCES.number;
            case ClosedByInterruptException _ -> EINTR.number;
            case ClosedChannelException _ -> EBADF.number;
            case FileSystemException x -> within(x.getReason());
            default -> within(e.getMessage());
        };
    }

    private static int within(String reason) {
        if (reason == null) {
            return 0;
        }
        if (reason.contains("multiple of the block size")) {
            return EINVAL.number; // Java's own refusal of what O_DIRECT would refuse
        }
        for (Errno e : values()) {
            if (reason.contains(e.text)) {
                return e.number;
            }
        }
        return 0;
    }
}
