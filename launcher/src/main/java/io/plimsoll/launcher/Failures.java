package io.plimsoll.launcher;

import io.plimsoll.bench.JobRefusedException;
import io.plimsoll.client.RefusedException;
import io.plimsoll.client.ServerUnreachableException;
import io.plimsoll.config.ConfigException;
import io.plimsoll.database.DatabaseException;
import io.plimsoll.io.TargetRefusedException;
import io.plimsoll.report.Plain;
import io.plimsoll.security.CredentialsException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// What the user is told about a failure, and the exit code that goes with it.
final class Failures {
    private Failures() {}

    /// One line (more only where configuration has several mistakes); with `debug` the stack trace below it.
    static ExitCode report(Throwable failure, boolean debug, PrintWriter err) {
        Throwable cause = unwrapped(failure);
        ExitCode code = code(cause);
        for (String line : message(cause, code).split("\n")) {
            // Excerpts are indented already; a prefix would push the caret away from what it points at.
            err.println((line.startsWith("  ") ? "" : "plimsoll: ") + Plain.of(line));
        }
        if (debug) {
            cause.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    static ExitCode code(Throwable failure) {
        return switch (unwrapped(failure)) {
            case CommandException e -> e.code();
            case ConfigException _,
                    CredentialsException _,
                    BindException _,
                    TargetRefusedException _,
                    JobRefusedException _,
                    RefusedException _ -> ExitCode.USAGE;
            case DatabaseException e ->
                switch (e.kind()) {
                    case LOCATION, MISSING, IN_USE, WRONG_DIRECTORY, UNSUPPORTED, UNSAFE, SCHEMA -> ExitCode.USAGE;
                    case START, UNREACHABLE, REFUSED, TIMEOUT -> ExitCode.UNREACHABLE;
                };
            case ServerUnreachableException _, ConnectException _, NoRouteToHostException _, UnknownHostException _ ->
                ExitCode.UNREACHABLE;
            default -> ExitCode.INTERNAL;
        };
    }

    private static String message(Throwable cause, ExitCode code) {
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return code == ExitCode.INTERNAL && !(cause instanceof CommandException)
                ? "internal error: " + cause.getClass().getSimpleName() + ": "
                        + message.lines().findFirst().orElse("") + " (--debug shows where)"
                : message;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
