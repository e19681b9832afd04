package io.plimsoll.launcher;

import io.plimsoll.client.ClientOutcome;
import io.plimsoll.client.ClientVerticle;
import io.plimsoll.config.ClientSettings;
import io.plimsoll.config.ServerSettings;
import io.plimsoll.config.Settings;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ClientState;
import io.plimsoll.server.ServerOutcome;
import io.plimsoll.server.ServerVerticle;
import java.nio.file.Files;
import java.util.List;

/// The two long-running commands, and what their outcomes mean.
final class Roles {
    private Roles() {}

    static Role<ServerSettings, ServerOutcome> server() {
        return new Role<>(
                "server",
                ClusterVertx.Node.SERVER,
                Settings::server,
                ServerSettings::log,
                ServerSettings::cluster,
                ServerVerticle::new,
                Roles::ended,
                _ -> "a run that was open stays without its report; plimsoll report shows what there is");
    }

    static Role<ClientSettings, ClientOutcome> client() {
        return new Role<>(
                "client",
                ClusterVertx.Node.CLIENT,
                Settings::client,
                ClientSettings::log,
                ClientSettings::cluster,
                ClientVerticle::new,
                Roles::ended,
                settings -> "reports that the server has not taken are lost"
                        + (Files.exists(settings.path()) ? "; data files are left in " + settings.path() : ""));
    }

    static ExitCode ended(ServerOutcome outcome, Console console) {
        outcome.failure().ifPresent(console::message);
        if (outcome.runs().isEmpty() && outcome.failure().isEmpty()) {
            console.message("no client came; nothing was measured");
            return ExitCode.INCOMPLETE;
        }
        List<String> states =
                outcome.runs().stream().map(ServerOutcome.ClosedRun::state).toList();
        if (outcome.failure().isPresent()) {
            return ExitCode.INTERNAL;
        } else if (states.contains("failed")) {
            return ExitCode.FAILED;
        }
        return states.contains("incomplete") ? ExitCode.INCOMPLETE : ExitCode.OK;
    }

    static ExitCode ended(ClientOutcome outcome, Console console) {
        outcome.notes().forEach(console::message);
        String word = outcome.state().name().toLowerCase(java.util.Locale.ROOT);
        String reason = outcome.reason().isEmpty() ? "" : ": " + outcome.reason();
        String written = "%s in %s, %s"
                .formatted(
                        ByteSize.format(outcome.bytes()),
                        counted(outcome.files(), "file"),
                        counted(outcome.rollovers(), "rollover"));
        console.message("run %d: %s%s"
                .formatted(
                        outcome.run(), outcome.state() == ClientState.REJECTED ? word : word + ", " + written, reason));
        if (outcome.unsent().isPresent()) {
            return ExitCode.UNREACHABLE;
        }
        return switch (outcome.state()) {
            case FINISHED -> ExitCode.OK;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
            case REJECTED -> ExitCode.USAGE;
            case ALIVE, SUSPECT, LOST, FAILED -> ExitCode.FAILED;
        };
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
