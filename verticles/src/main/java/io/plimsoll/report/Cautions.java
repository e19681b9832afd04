package io.plimsoll.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientState;
import io.plimsoll.report.Caution.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Decides what a reader must know before trusting the numbers of a run and of its clients.
final class Cautions {
    private Cautions() {}

    /// Of the whole run.
    ///
    /// @param settings the server's, as it stored them with the run
    static List<Caution> of(JsonNode settings) {
        List<Caution> found = new ArrayList<>();
        settings.path("durability").forEach(gap -> found.add(new Caution(Kind.UNSAFE_DATABASE, gap.asText())));
        return found;
    }

    /// @param histogramsUnreadable intervals of the client whose histogram is in no percentile
    /// @param anybody whether the server would have believed this of anybody
    static List<Caution> of(ClientReport c, RunState run, long histogramsUnreadable, boolean anybody) {
        List<Caution> found = new ArrayList<>();
        partial(c, run).ifPresent(detail -> found.add(new Caution(Kind.PARTIAL, detail)));
        missing(c).ifPresent(detail -> found.add(new Caution(Kind.REPORTS_MISSING, detail)));
        sums(c).ifPresent(detail -> found.add(new Caution(Kind.SUMS_DIFFER, detail)));
        if (histogramsUnreadable > 0) {
            found.add(new Caution(
                    Kind.HISTOGRAM_UNREADABLE,
                    histogramsUnreadable + " of " + c.throughput().intervals()
                            + " intervals have no readable histogram; their writes are in no percentile"));
        }
        rollovers(c, run, found);
        if (c.plan().chunkBytes() < ClientReport.SMALL_CHUNK_BYTES) {
            found.add(new Caution(
                    Kind.SMALL_CHUNKS,
                    "chunks of " + ByteSize.format(c.plan().chunkBytes()) + " are smaller than 10 MB"));
        }
        long unclosed = c.throughput().intervalBytes() - c.throughput().bytes();
        boolean ended = run != RunState.OPEN || c.state() != ClientState.ALIVE;
        if (unclosed > 0 && ended && c.state() != ClientState.FINISHED) {
            found.add(new Caution(
                    Kind.UNCLOSED_BYTES,
                    ByteSize.format(unclosed)
                            + " went to a file never closed or synced; they are in no MB/s of the client"));
        }
        if (anybody) {
            found.add(new Caution(
                    Kind.INSECURE,
                    "came to a server without certificates: anybody who reached it could have sent this"));
        }
        return found;
    }

    private static Optional<String> partial(ClientReport c, RunState run) {
        return switch (c.state()) {
            case FINISHED -> Optional.empty();
            case ALIVE, SUSPECT ->
                run == RunState.OPEN
                        ? Optional.empty()
                        : Optional.of("the run was closed while the client was " + word(c.state()));
            case LOST, INTERRUPTED, REJECTED, FAILED ->
                Optional.of(
                        c.wrote()
                                ? word(c.state()) + "; what it measured until then is below"
                                : word(c.state()) + " before it measured anything");
        };
    }

    private static Optional<String> missing(ClientReport c) {
        long present = c.completeness().present();
        return c.completeness()
                .expected()
                .filter(sent -> sent != present)
                .map(sent -> present + " of " + sent + " reports are in the database");
    }

    private static Optional<String> sums(ClientReport c) {
        ClientReport.Completeness declared = c.completeness();
        ClientReport.Throughput ours = c.throughput();
        if (!declared.complete()) {
            return Optional.empty();
        }
        if (c.state() == ClientState.FINISHED && ours.intervalBytes() != ours.bytes()) {
            return Optional.of(
                    "its intervals add up to " + ours.intervalBytes() + " bytes, its files to " + ours.bytes());
        }
        boolean same = declared.declaredBytes().orElse(ours.bytes()) == ours.bytes()
                && declared.declaredFiles().orElse((int) ours.files()) == ours.files()
                && declared.declaredRollovers().orElse((int) ours.rollovers()) == ours.rollovers();
        return same
                ? Optional.empty()
                : Optional.of("it says " + declared.declaredBytes().orElse(0L) + " bytes, "
                        + declared.declaredFiles().orElse(0) + " files, "
                        + declared.declaredRollovers().orElse(0) + " rollovers; its rows say " + ours.bytes() + ", "
                        + ours.files() + ", " + ours.rollovers());
    }

    private static void rollovers(ClientReport c, RunState run, List<Caution> found) {
        long made = c.throughput().rollovers();
        boolean over = run != RunState.OPEN || c.state().ended();
        if (c.wrote() && over && made < ChunkPlan.ROLLOVERS_MIN) {
            found.add(new Caution(
                    Kind.FEW_ROLLOVERS,
                    made + (made == 1 ? " rollover" : " rollovers") + " in this run; below " + ChunkPlan.ROLLOVERS_MIN
                            + " it says little about rolling over"));
        }
        double predicted =
                c.target().map(ClientReport.Target::predictedRollovers).orElse(Double.MAX_VALUE);
        if (predicted < ChunkPlan.ROLLOVERS_MIN) {
            found.add(new Caution(
                    Kind.FEW_ROLLOVERS_PREDICTED,
                    String.format(Locale.ROOT, "only %.1f rollovers were predicted before the run", predicted)));
        }
        if (c.plan().forced()) {
            found.add(new Caution(Kind.FORCED, "started with --force against the prediction"));
        }
    }

    private static String word(ClientState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
