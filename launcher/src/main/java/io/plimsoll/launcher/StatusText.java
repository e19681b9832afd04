package io.plimsoll.launcher;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ClientState;
import io.plimsoll.report.Plain;
import io.plimsoll.wire.bus.BusMessage.ClientView;
import io.plimsoll.wire.bus.BusMessage.ServerStatus;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What the server knows of its clients right now, for people.
final class StatusText {
    private StatusText() {}

    /// A table, one line a client.
    static String table(ServerStatus status) {
        if (status.runNumber().isEmpty()) {
            return "no run is open\n";
        }
        String form = "%-24s %-12s %-10s %10s %10s %6s %9s %8s  %s%n";
        StringBuilder text = new StringBuilder("run " + status.runNumber().get() + "\n");
        text.append(
                form.formatted("client", "state", "phase", "written", "MB/s", "files", "rollovers", "left", "target"));
        for (ClientView c : status.clients()) {
            text.append(form.formatted(
                    c.clientId(),
                    word(c.state()),
                    c.live().phase().name().toLowerCase(Locale.ROOT),
                    ByteSize.format(c.live().bytes()),
                    "%.1f".formatted(c.live().bytesPerSecond() / 1e6),
                    c.live().files(),
                    c.live().rollovers(),
                    (c.live().remainingMs() + 999) / 1000 + " s",
                    Plain.of(c.hostName() + ":" + c.target())));
        }
        return text.toString();
    }

    /// One line for all clients.
    static String line(ServerStatus status) {
        List<ClientView> clients = status.clients();
        if (clients.isEmpty()) {
            return "waiting for clients";
        }
        return clients.stream()
                .map(c -> "%s %s %.0f MB/s %d rollovers%s"
                        .formatted(
                                c.clientId(),
                                ByteSize.format(c.live().bytes()),
                                c.live().bytesPerSecond() / 1e6,
                                c.live().rollovers(),
                                c.state() == ClientState.ALIVE ? "" : " (" + word(c.state()) + ")"))
                .collect(Collectors.joining(" | "));
    }

    private static String word(ClientState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
