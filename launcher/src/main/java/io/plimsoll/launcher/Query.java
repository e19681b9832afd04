package io.plimsoll.launcher;

import io.plimsoll.database.DatabaseException;
import io.plimsoll.report.NoSuchRunException;
import io.plimsoll.security.CredentialsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// What the commands that read the database share: opens it, does the work on the calling thread, closes it, and turns
/// what went wrong into one line on stderr and an exit code. Results go to stdout or, whole or not at all, to a file.
///
/// No Vert.x type is in a signature here, nor may one be in a command class: picocli looks at those for `--help`.
final class Query {
    /// @param session the open database
    interface Work {
        void run(Session session, PrintWriter out) throws IOException;
    }

    /// What the user asked for cannot be; the message says what to write instead.
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /// Whoever read our output has gone: no reason to complain.
    static final class OutputClosedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Query() {}

    static int run(CommandSpec command, DatabaseOption database, Work work) {
        return run(command, database, Optional.empty(), work);
    }

    /// @param file instead of stdout
    static int run(CommandSpec command, DatabaseOption database, Optional<Path> file, Work work) {
        try (Session session = Session.open(database)) {
            if (file.isPresent()) {
                intoFile(session, file.get().toAbsolutePath(), work);
            } else {
                PrintWriter out = command.commandLine().getOut();
                work.run(session, out);
                out.flush();
            }
            return ExitCode.OK.code();
        } catch (OutputClosedException _) {
            return ExitCode.OK.code();
        } catch (NoSuchRunException | UsageException | CredentialsException e) {
            return complain(command, e, e.getMessage(), ExitCode.USAGE);
        } catch (DatabaseException e) {
            return complain(
                    command,
                    e,
                    e.getMessage(),
                    e.kind() == DatabaseException.Kind.LOCATION ? ExitCode.USAGE : ExitCode.UNREACHABLE);
        } catch (IOException | UncheckedIOException e) {
            return complain(command, e, "cannot write: " + e.getMessage(), ExitCode.USAGE);
        } catch (RuntimeException e) {
            return complain(command, e, "internal error: " + e + " (--debug shows where)", ExitCode.INTERNAL);
        }
    }

    private static void intoFile(Session session, Path file, Work work) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(beside))) {
                work.run(session, out);
                if (out.checkError()) {
                    throw new OutputClosedException();
                }
            } catch (OutputClosedException _) {
                throw new IOException(file + " (is the disk full?)");
            }
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static int complain(CommandSpec command, Exception cause, String message, ExitCode exitCode) {
        return Failures.report(
                        new CommandException(exitCode, message, cause),
                        PlimsollCommand.debug(command.commandLine()),
                        command.commandLine().getErr())
                .code();
    }
}
