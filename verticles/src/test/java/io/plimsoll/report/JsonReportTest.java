package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.model.ClientState;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JsonReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theDocumentLooksAsItsSchemaVersionPromises() throws IOException {
        assertEquals(1, JsonReport.VERSION, "a new version needs a new golden file");
        assertEquals(TextReportTest.golden("one-lost.json"), JsonReport.render(Samples.oneLost()));
    }

    @Test
    void whatIsAbsentIsNullAndEmptyRunsAreWhole() throws IOException {
        JsonNode document = JSON.readTree(JsonReport.render(Samples.report(RunState.OPEN, List.of(), List.of())));
        assertEquals("open", document.at("/run/state").asText());
        assertTrue(document.at("/run/ended_at").isNull());
        assertTrue(document.at("/all_active").isNull());
        assertTrue(document.at("/totals/write_latency").isNull());
        assertEquals(0, document.at("/clients").size());
    }

    @Test
    void onlyAsciiLeavesAndTextComesBackAsItWas() throws IOException {
        String hostile = "\u001b]52;c;x\u0007\u009b\u202e\u2028\"\\</script>\u65e5";
        String json = JsonReport.render(Samples.report(
                RunState.FAILED,
                List.of(Samples.client(1, "a")
                        .state(ClientState.FAILED, hostile)
                        .build()),
                List.of(Samples.event(1, "error", hostile, Optional.of(1L), hostile))));
        assertTrue(json.chars().allMatch(c -> c == '\n' || c >= 0x20 && c < 0x7f), json);
        assertEquals(hostile, JSON.readTree(json).at("/clients/0/state_reason").asText());
    }

    @Test
    void numbersArePlain() throws IOException {
        String json = JsonReport.render(Samples.report(
                RunState.COMPLETE,
                List.of(
                        Samples.client(1, "a").mb(1e-7, Double.NaN, 1.5e12).build(),
                        Samples.client(2, "b").mb(0.1 + 0.2, 100, 1.0 / 3).build()),
                List.of()));
        assertTrue(json.contains("\"mean_mb_per_second\": 0.0000001,"), json);
        assertTrue(json.contains("\"min_mb_per_second\": null,"), json);
        assertTrue(json.contains("\"max_mb_per_second\": 1500000000000,"), json);
        assertTrue(json.contains("\"mean_mb_per_second\": 0.3,"), json);
        assertTrue(json.contains("\"max_mb_per_second\": 0.333333333,"), json);
    }

    @Test
    void aStreamedDocumentIsValidWithAnElementALine() throws IOException {
        StringWriter to = new StringWriter();
        JsonStream document = new JsonStream(to, "plimsoll.test", 3);
        document.field("run", 7L);
        document.beginArray("empty");
        document.endArray();
        document.beginArray("rows");
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("text", "\u001b\u00e9");
        row.put("none", null);
        row.put("exact", 0.1 + 0.2);
        row.put("small", 1e-9);
        document.element(row);
        document.element(Samples.event(1, "info", "run-opened", Optional.empty(), ""));
        document.endArray();
        document.end();
        assertEquals("""
            {"schema":"plimsoll.test","version":3,"run":7,"empty":[],"rows":[
            {"text":"\\u001B\\u00E9","none":null,"exact":0.30000000000000004,"small":0.000000001},
            {"event":1,"at":"2026-11-23T21:41:29.137Z","source":"server","severity":"info","kind":"run-opened",\
            "client":null,"client_id":null,"sequence":null,"detail":""}]}
            """, to.toString());
        assertEquals(2, JSON.readTree(to.toString()).at("/rows").size());
    }
}
