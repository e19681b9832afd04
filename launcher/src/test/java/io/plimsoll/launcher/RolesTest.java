package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.client.ClientOutcome;
import io.plimsoll.client.ServerUnreachableException;
import io.plimsoll.config.ConfigException;
import io.plimsoll.database.DatabaseException;
import io.plimsoll.model.ClientState;
import io.plimsoll.server.ServerOutcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RolesTest {
    private final StringWriter err = new StringWriter();
    private final Console console = new Console(new PrintWriter(err, true), new PrintWriter(err, true), false);

    @Test
    void theWorstRunOfAServerIsItsExitCode() {
        assertEquals(ExitCode.INCOMPLETE, server());
        assertEquals(ExitCode.OK, server("complete", "complete"));
        assertEquals(ExitCode.INCOMPLETE, server("complete", "incomplete"));
        assertEquals(ExitCode.FAILED, server("incomplete", "failed", "complete"));
        assertEquals(
                ExitCode.INTERNAL,
                Roles.ended(new ServerOutcome("error", List.of(), Optional.of("it broke")), console));
        assertEquals("plimsoll: no client came; nothing was measured\nplimsoll: it broke\n", err.toString());
    }

    @Test
    void howAClientEndedIsItsExitCode() {
        Map<ClientState, ExitCode> expected = new EnumMap<>(Map.of(
                ClientState.FINISHED, ExitCode.OK,
                ClientState.INTERRUPTED, ExitCode.INTERRUPTED,
                ClientState.REJECTED, ExitCode.USAGE,
                ClientState.FAILED, ExitCode.FAILED));
        expected.forEach((state, code) -> assertEquals(code, client(state, Optional.empty())));
        assertEquals(ExitCode.UNREACHABLE, client(ClientState.FINISHED, Optional.of(Path.of("unsent"))));
        assertTrue(err.toString().contains("plimsoll: run 7: finished, 40 MB in 4 files, 3 rollovers"), err::toString);
        assertTrue(
                err.toString().contains("plimsoll: run 7: failed, 40 MB in 4 files, 3 rollovers: disk full"),
                err::toString);
    }

    @Test
    void everyKindOfFailureHasItsCode() {
        assertEquals(ExitCode.USAGE, Failures.code(new ConfigException("x", "y")));
        assertEquals(ExitCode.USAGE, Failures.code(new CompletionException(new ConfigException("x", "y"))));
        assertEquals(ExitCode.UNREACHABLE, Failures.code(new ServerUnreachableException("x")));
        assertEquals(ExitCode.INTERNAL, Failures.code(new IOException("x")));
        Map<DatabaseException.Kind, ExitCode> kinds = new EnumMap<>(DatabaseException.Kind.class);
        Stream.of(DatabaseException.Kind.values())
                .forEach(kind -> kinds.put(kind, Failures.code(new DatabaseException(kind, "x"))));
        assertEquals(ExitCode.UNREACHABLE, kinds.get(DatabaseException.Kind.UNREACHABLE));
        assertEquals(ExitCode.USAGE, kinds.get(DatabaseException.Kind.IN_USE));
        assertEquals(ExitCode.USAGE, kinds.get(DatabaseException.Kind.WRONG_DIRECTORY));
    }

    @Test
    void whatAClientOrServerSaidCannotSteerTheTerminal() {
        String escape = Character.toString(0x1b);
        Failures.report(new ServerUnreachableException("no " + escape + "[2Jserver"), false, console.err());
        assertEquals("plimsoll: no \\u001b[2Jserver\n", err.toString());
    }

    private ExitCode server(String... states) {
        List<ServerOutcome.ClosedRun> runs = Stream.of(states)
                .map(state -> new ServerOutcome.ClosedRun(1, state))
                .toList();
        return Roles.ended(new ServerOutcome("idle", runs, Optional.empty()), console);
    }

    private ExitCode client(ClientState state, Optional<Path> unsent) {
        String reason = state == ClientState.FAILED ? "disk full" : "";
        return Roles.ended(new ClientOutcome(state, reason, 7, 40_000_000, 4, 3, List.of("a note"), unsent), console);
    }
}
