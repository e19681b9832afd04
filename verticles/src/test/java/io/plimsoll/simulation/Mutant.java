package io.plimsoll.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A bug that is planted on purpose: a few lines of the source replaced, in memory. The source knows nothing of it;
/// where the lines are not there any more, that is told.
enum Mutant {
    ACK_BEFORE_COMMIT(
            "main/java/io/plimsoll/server/Intake",
            change("settle(e.declined(), nowMs, act);\n                next(act);", "next(act);"),
            change("store = Store.UNDER_WAY;\n", "store = Store.UNDER_WAY;\n            settle(List.of(), 0, act);\n")),
    KEY_WITHOUT_EPOCH(
            "test/java/io/plimsoll/simulation/SimulatedDatabase",
            change("r.session().clientId().value(), r.session().bootEpoch());", "r.session().clientId().value(), 0);")),
    RESEND_REORDERS(
            "main/java/io/plimsoll/client/Delivery",
            change("toSend.addFirst(sent.pollLast());", "toSend.addFirst(sent.pollFirst());")),
    WINDOW_OFF_BY_ONE(
            "main/java/io/plimsoll/client/Delivery",
            change("if (sent.size() >= window || toSend.isEmpty())", "if (sent.size() > window || toSend.isEmpty())")),
    SPOOL_TOO_LATE(
            "main/java/io/plimsoll/client/SpoolPolicy", change("long AWAY_MS = 2_000;", "long AWAY_MS = 60_000;")),
    LOST_WAKE_UP(
            "main/java/io/plimsoll/server/Intake",
            change(
                    "settle(e.declined(), nowMs, act);\n                next(act);",
                    "settle(e.declined(), nowMs, act);\n                store = Store.IDLE;"));

    private record Change(String from, String to) {}

    private final String source;
    private final List<Change> changes;

    Mutant(String source, Change... changes) {
        this.source = source;
        this.changes = List.of(changes);
    }

    private static Change change(String from, String to) {
        return new Change(from, to);
    }

    /// @return of the class that is changed
    String className() {
        return source.substring(source.indexOf("io/")).replace('/', '.');
    }

    /// @param root of the module's sources
    String source(Path root) throws IOException {
        Path file = root.resolve(source + ".java");
        String text = Files.readString(file);
        for (Change change : changes) {
            int at = text.indexOf(change.from());
            if (at < 0 || text.indexOf(change.from(), at + 1) >= 0) {
                throw new IllegalStateException(file + " is to have this once: " + change.from());
            }
            text = text.replace(change.from(), change.to());
        }
        return text;
    }
}
