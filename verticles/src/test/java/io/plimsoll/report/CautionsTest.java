package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.model.ClientState;
import io.plimsoll.report.Caution.Kind;
import io.plimsoll.report.ClientReport.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CautionsTest {
    @Test
    void aClientThatFinishedAndIsWholeNeedsNone() {
        assertEquals(List.of(), kinds(client().build(), RunState.COMPLETE));
    }

    @Test
    void everyEndBeforeTheEndIsPartial() {
        for (ClientState state : ClientState.values()) {
            boolean partial = state != ClientState.FINISHED;
            assertEquals(
                    partial,
                    kinds(client().state(state, "").build(), RunState.FAILED).contains(Kind.PARTIAL),
                    state.name());
        }
    }

    @Test
    void missingReportsAreTold() {
        assertEquals(
                "78 of 80 reports are in the database",
                only(client().reports(78, Optional.of(80L)).build()).detail());
    }

    @Test
    void sumsThatDisagreeAreTold() {
        assertEquals(
                "its intervals add up to 1525000001 bytes, its files to 1525000000",
                only(client().intervalBytes(1_525_000_001).build()).detail());
    }

    @Test
    void histogramsThatCannotBeReadAreTold() {
        Caution caution =
                Cautions.of(client().build(), RunState.COMPLETE, 3, false).getFirst();
        assertEquals(Kind.HISTOGRAM_UNREADABLE, caution.kind());
        assertTrue(caution.detail().startsWith("3 of 60 intervals"), caution.detail());
    }

    @Test
    void aDatabaseThatCouldLoseCommitsIsToldOfTheRun() throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertEquals(List.of(), Cautions.of(json.readTree("{\"durability\": []}")));
        assertEquals(List.of(), Cautions.of(json.readTree("{}")), "of an older server");
        assertEquals(
                List.of(new Caution(Kind.UNSAFE_DATABASE, "fsync is off")),
                Cautions.of(json.readTree("{\"durability\": [\"fsync is off\"]}")));
    }

    @Test
    void whatAnybodyCouldHaveSentIsTold() {
        Caution caution =
                Cautions.of(client().build(), RunState.COMPLETE, 0, true).getFirst();
        assertEquals(Kind.INSECURE, caution.kind());
        assertTrue(caution.detail().contains("without certificates"), caution.detail());
    }

    @Test
    void weakSetupsAreTold() {
        Target few = new Target("", "", "", "", "", "", "", "", 1, 1, 1, 1, 1.5);
        assertEquals(
                List.of(Kind.SMALL_CHUNKS, Kind.FEW_ROLLOVERS_PREDICTED, Kind.FORCED),
                kinds(client().chunk(1_000_000, 2_000_000).target(few).forced().build(), RunState.COMPLETE).stream()
                        .sorted(java.util.Comparator.comparing(
                                k -> List.of(Kind.SMALL_CHUNKS, Kind.FEW_ROLLOVERS_PREDICTED, Kind.FORCED)
                                        .indexOf(k)))
                        .toList());
    }

    private static Samples.ClientBuilder client() {
        return Samples.client(1, "a").mb(100, 90, 110);
    }

    private static Caution only(ClientReport client) {
        List<Caution> found = Cautions.of(client, RunState.COMPLETE, 0, false);
        assertEquals(1, found.size(), found::toString);
        return found.getFirst();
    }

    private static List<Kind> kinds(ClientReport client, RunState run) {
        return Cautions.of(client, run, 0, false).stream().map(Caution::kind).toList();
    }
}
