package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.model.EngineKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BenchJsonTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> NOT_MEASURED = Set.of(
            "fio version",
            "jobs.iodepth_level",
            "jobs.iodepth_submit",
            "jobs.iodepth_complete",
            "jobs.latency_depth",
            "jobs.latency_target",
            "jobs.latency_percentile",
            "jobs.latency_window");
    private static final Set<String> OURS = Set.of(
            "plimsoll version",
            "jobs.read.resp_ns",
            "jobs.write.resp_ns",
            "jobs.trim.resp_ns",
            "jobs.wait_cpu",
            "jobs.engine",
            "jobs.engine_iodepth",
            "jobs.engine_note",
            "jobs.rate_requested",
            "jobs.rate_achieved",
            "jobs.rate_due",
            "jobs.rate_missed",
            "jobs.late_ns",
            "jobs.own_cost_ns",
            "jobs.latencies_saturated",
            "jobs.job_start",
            "jobs.notes",
            "jobs.interrupted",
            "jobs.flags",
            "disk_util.read_bytes",
            "disk_util.write_bytes",
            "disk_util.busy_ms");
    /// fio has these only where it was asked for.
    private static final Set<String> PERCENTILES_TOO =
            Set.of("jobs.read.slat_ns", "jobs.read.lat_ns", "jobs.write.slat_ns", "jobs.write.lat_ns");

    @Test
    void everyKeyOfFiosIsThereWithItsTypeOrIsKnownNotToBeMeasured() throws IOException {
        Map<String, String> fio = new TreeMap<>();
        try (InputStream file = BenchJsonTest.class.getResourceAsStream("/bench/fio-3.33-json-plus.json")) {
            paths("", MAPPER.readTree(file), fio);
        }
        Map<String, String> ours = new TreeMap<>();
        paths("", MAPPER.readTree(BenchJson.render(SampleResults.mixedResult(), SampleResults.RENDERING, true)), ours);

        Map<String, String> missing = new TreeMap<>(fio);
        missing.keySet().removeIf(path -> NOT_MEASURED.stream().anyMatch(path::startsWith));
        missing.entrySet().removeIf(entry -> entry.getValue().equals(ours.get(entry.getKey())));
        assertEquals(Map.of(), missing, "of fio's, absent or of another type");

        Set<String> foreign = new TreeSet<>(ours.keySet());
        foreign.removeAll(fio.keySet());
        foreign.removeIf(path -> OURS.stream().anyMatch(path::startsWith));
        foreign.removeIf(path -> PERCENTILES_TOO.stream().anyMatch(path::startsWith));
        assertEquals(Set.of(), foreign, "neither fio's nor known as ours");
    }

    @Test
    void valuesAreInFiosUnits() throws IOException {
        JsonNode all = MAPPER.readTree(BenchJson.render(SampleResults.mixedResult(), SampleResults.RENDERING, false));
        JsonNode job = all.at("/jobs/0");
        assertEquals(40_960_000, job.at("/read/io_bytes").asLong());
        assertEquals(40_000, job.at("/read/io_kbytes").asLong());
        assertEquals(20_469_765, job.at("/read/bw_bytes").asLong());
        assertEquals(19_990, job.at("/read/bw").asLong(), "KiB/s");
        assertEquals(4_997.501249, job.at("/read/iops").asDouble());
        assertEquals(2_001, job.at("/read/runtime").asLong());
        assertEquals(145_424, job.at("/read/bw_min").asLong(), "KiB/s");
        assertEquals(37_048.67, job.at("/read/iops_mean").asDouble());
        assertEquals(10_000, job.at("/read/clat_ns/N").asLong());
        assertEquals(145_000, job.at("/read/clat_ns/percentile/50.000000").asLong(), 145);
        assertEquals(9.995002, job.at("/usr_cpu").asDouble(), "per cent of two data threads for two seconds");
        assertEquals(4_002, job.at("/job_runtime").asLong());
        assertEquals("70", job.at("/job options/rwmixread").asText());
        assertEquals(0, job.at("/trim/total_ios").asLong());
        assertEquals(100, job.at("/sync/total_ios").asLong());
        assertEquals(20_000, job.at("/rate_requested").asDouble());
        assertEquals(26_020, job.at("/rate_missed").asLong());
        JsonNode disk = all.at("/disk_util/0");
        assertEquals(7, disk.at("/write_merges").asLong());
        assertEquals(1_450, disk.at("/read_ticks").asLong(), "ms");
        assertEquals(490, disk.at("/write_ticks").asLong(), "ms");
        assertEquals(1_940, disk.at("/in_queue").asLong(), "ms");
        assertEquals("rate-not-achieved", job.at("/flags/0/rule").asText());
        assertTrue(job.at("/read/clat_ns/bins").isMissingNode(), "without bins it is json, not json+");
    }

    @Test
    void theEngineThatRanHasItsOwnDepth() throws IOException {
        JobResult fallback = TruthCase.reads(c -> {
                    c.iodepth = 32;
                    c.ran = EngineKind.PSYNC;
                })
                .job();
        JsonNode job = MAPPER.readTree(BenchJson.render(fallback, SampleResults.RENDERING, false))
                .at("/jobs/0");
        assertEquals("psync", job.at("/engine").asText());
        assertEquals(1, job.at("/engine_iodepth").asInt());
        assertEquals("32", job.at("/job options/iodepth").asText());
    }

    @Test
    void binsAddUpToAllOperations() throws IOException {
        JsonNode bins = MAPPER.readTree(BenchJson.render(SampleResults.mixedResult(), SampleResults.RENDERING, true))
                .at("/jobs/0/write/resp_ns/bins");
        long sum = 0;
        for (JsonNode count : bins) {
            sum += count.asLong();
        }
        assertEquals(4_000, sum);
    }

    @Test
    void whatWasNotMeasuredIsAbsent() throws IOException {
        JsonNode all = MAPPER.readTree(BenchJson.render(SampleResults.plainResult(), SampleResults.RENDERING, true));
        JsonNode job = all.at("/jobs/0");
        assertFalse(all.has("disk_util"));
        assertFalse(job.has("rate_requested"));
        assertFalse(job.has("own_cost_ns"));
        assertFalse(job.at("/read").has("resp_ns"));
        assertEquals(0, job.at("/read/slat_ns/N").asLong());
        assertFalse(job.at("/read/slat_ns").has("percentile"));
        assertEquals(0, job.at("/write/total_ios").asLong());
    }

    @Test
    void metadataOperationsStandBesideReadAndWrite() throws IOException {
        JsonNode job = MAPPER.readTree(BenchJson.render(SampleResults.metadataResult(), SampleResults.RENDERING, false))
                .at("/jobs/0");
        assertEquals(5_000, job.at("/create/iops").asDouble());
        assertEquals(2_000, job.at("/stat/total_ios").asLong());
        assertEquals(2_000, job.at("/stat/lat_ns/percentile/50.000000").asLong(), 2);
        assertEquals(5_100, job.at("/create/iops_max").asLong());
        assertFalse(job.at("/create").has("bw"));
        assertFalse(job.has("unlink"), "none were done");
        assertEquals(0, job.at("/write/total_ios").asLong());
    }

    @Test
    void failureAndInterruptAreSaid() throws IOException {
        JobResult failed = SampleResults.with(
                SampleResults.plainResult(), Optional.of("write x: No space left on device (ENOSPC, errno 28)"), true);
        JsonNode job = MAPPER.readTree(BenchJson.render(failed, SampleResults.RENDERING, false))
                .at("/jobs/0");
        assertEquals(1, job.at("/error").asInt());
        assertTrue(job.at("/failure").asText().contains("ENOSPC"));
        assertTrue(job.at("/interrupted").asBoolean());
    }

    @Test
    void anErrorWithoutResultIsADocumentToo() throws IOException {
        JsonNode document = MAPPER.readTree(
                BenchJson.error("no \"such\" file \u001b[31m", SampleResults.RENDERING, SampleResults.STARTED_AT_MS));
        assertEquals("no \"such\" file \u001b[31m", document.at("/error").asText());
        assertEquals("Tue Nov 24 00:42:53 2026", document.at("/time").asText());
    }

    /// Paths without array indexes, with the types of their values; what has numbers for keys is one path.
    private static void paths(String path, JsonNode node, Map<String, String> into) {
        switch (node.getNodeType()) {
            case OBJECT -> {
                into.put(path, "object");
                boolean data = path.endsWith("bins") || path.endsWith("job options");
                if (!data) {
                    node.properties()
                            .forEach(entry -> paths(
                                    path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                                    entry.getValue(),
                                    into));
                }
            }
            case ARRAY -> node.forEach(element -> paths(path, element, into));
            default -> into.put(path, node.getNodeType().toString());
        }
    }
}
