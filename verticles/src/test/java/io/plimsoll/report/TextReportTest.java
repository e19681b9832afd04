package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientState;
import io.plimsoll.report.ClientReport.DdTimes;
import io.plimsoll.report.ClientReport.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TextReportTest {
    private static final int COLUMNS_MAX = 110;

    @Test
    void aCompleteRunLooksAsAgreed() throws IOException {
        assertEquals(golden("three-clients.txt"), TextReport.render(Samples.threeClients()));
    }

    @Test
    void aRunWithALostClientSaysSoFirst() throws IOException {
        assertEquals(golden("one-lost.txt"), TextReport.render(Samples.oneLost()));
    }

    @Test
    void aRunWithoutClientsIsNoError() {
        String text = TextReport.render(Samples.report(RunState.INCOMPLETE, List.of(), List.of()));
        assertTrue(text.startsWith("RUN 7 INCOMPLETE: 0 of 0 clients finished"), text);
        assertTrue(text.contains("!! no client took part"), text);
        assertFalse(text.contains("Throughput"), text);
    }

    @Test
    void anOpenRunIsNotBlamedForClientsAtWork() {
        String text = TextReport.render(Samples.report(
                RunState.OPEN,
                List.of(Samples.client(1, "a")
                        .mb(10, 9, 11)
                        .state(ClientState.ALIVE, "")
                        .reports(12, Optional.empty())
                        .build()),
                List.of()));
        assertTrue(text.startsWith("RUN 7 OPEN: still running, or its server died"), text);
        assertFalse(text.contains("!!"), text);
        assertTrue(text.contains("no end"), text);
    }

    @Test
    void sixtyClientsFitAndLongListsAreBounded() {
        RunReport report = Samples.manyClients(60);
        String text = TextReport.render(report);
        report.clients().forEach(c -> assertTrue(text.contains(c.clientId()), c.clientId()));
        assertTrue(text.contains("and 20 more: plimsoll events 7"), text);
        assertTrue(text.lines().allMatch(line -> Plain.width(line) <= COLUMNS_MAX), text);
        assertEquals(
                Verdict.LOUD_LINES_MAX + 1,
                text.lines().filter(line -> line.startsWith("!!")).count());
        assertTrue(text.contains("!! and 2 more like these"), text);
    }

    @Test
    void namesFromClientsSteerNothing() {
        String hostile = "\u001b]52;c;x\u0007\u202e\r\n</script>=1+1";
        Target target =
                new Target(hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, 1, 1, 1, 0.1, 5);
        String text = TextReport.render(Samples.report(
                RunState.FAILED,
                List.of(Samples.client(1, "a")
                        .mb(10, 9, 11)
                        .state(ClientState.FAILED, hostile)
                        .target(target)
                        .host(hostile)
                        .build()),
                List.of(Samples.event(1, "error", hostile, Optional.of(1L), hostile))));
        assertTrue(text.codePoints().noneMatch(c -> c != '\n' && (Character.isISOControl(c) || c == 0x202e)), text);
        assertTrue(text.contains("\\u001b]52;c;x\\u0007\\u202e"), text);
    }

    @Test
    void ourOwnWordsAreAscii() {
        for (RunReport report : List.of(Samples.threeClients(), Samples.oneLost(), Samples.manyClients(60))) {
            assertTrue(TextReport.render(report).chars().allMatch(c -> c < 0x7f));
        }
    }

    @Test
    void uuidsAreShortenedWhileTheyStayDifferent() {
        String a = "0b8c3f52-7a61-4a0e-9c3d-2f1e5b6a7c8d";
        String b = "1b8c3f52-7a61-4a0e-9c3d-2f1e5b6a7c8d";
        String likeA = "0b8c3f52-7a61-4a0e-9c3d-ffffffffffff";
        assertEquals(List.of("0b8c3f52", "1b8c3f52"), labels(a, b));
        assertEquals(List.of(a, likeA), labels(a, likeA));
        assertEquals(List.of("a-very-lo..-client-1"), labels("a-very-long-name-of-a-client-1"));
    }

    @Test
    void aSecondSessionOfAClientIsNumbered() {
        List<ClientReport> clients = List.of(
                Samples.client(1, "a").build(),
                Samples.client(2, "a").session(2).build());
        Labels labels = new Labels(clients);
        assertEquals("a", labels.of(clients.get(0)));
        assertEquals("a#2", labels.of(clients.get(1)));
    }

    @Test
    void ddIsComparedWithOurClock() {
        String text = TextReport.render(Samples.report(
                RunState.COMPLETE,
                List.of(Samples.client(1, "a")
                        .mb(10, 9, 11)
                        .dd(new DdTimes(77, 1_000_000_000, 4_000_000_000L, 5_000_000_000L))
                        .build()),
                List.of()));
        assertTrue(
                text.contains("a: dd says 250 MB/s for its writes, our clock 200 MB/s (77 files, without fsync)"),
                text);
    }

    @Test
    void theSummaryLeavesDetailsToTheReport() {
        String text = TextReport.summary(Samples.oneLost());
        assertTrue(text.contains("Throughput") && text.contains("Targets") && text.contains("LOST !"), text);
        assertFalse(text.contains("Latency") || text.contains("Events"), text);
    }

    private static List<String> labels(String... ids) {
        List<ClientReport> clients = new ArrayList<>();
        for (String id : ids) {
            clients.add(Samples.client(clients.size() + 1, id).build());
        }
        Labels labels = new Labels(clients);
        return clients.stream().map(labels::of).toList();
    }

    static String golden(String name) throws IOException {
        try (InputStream in = TextReportTest.class.getResourceAsStream("/report/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
