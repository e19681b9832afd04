package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.bench.RateSearch.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Searches on a simulated storage, as they are shown.
final class SaturationRenderingTest {
    private static final Saturation.Listener NOBODY = new Saturation.Listener() {
        @Override
        public void begins(int number, int stepsMax, Step step) {}

        @Override
        public void ended(SaturationStep step) {}
    };

    private static SaturationResult search(int stepsMax, String... slo) throws Exception {
        SimulatedSteps storage = new SimulatedSteps(3, 0);
        return Saturation.run(SimulatedSteps.plan(slo), storage, NOBODY, () -> storage.requests.size() >= stepsMax);
    }

    private static SaturationResult search(String... slo) throws Exception {
        return search(Integer.MAX_VALUE, slo);
    }

    @Test
    void theTextBeginsWithTheLineAndWhatItRestsOn() throws Exception {
        SaturationResult result = search("p99<10ms");
        List<String> lines = SaturationText.render(result).lines().toList();
        String low = Quantity.rate(result.line().kept().orElseThrow());
        String high = Quantity.rate(result.line().broken().orElseThrow());
        String bandwidth = Quantity.mebibytes(result.line().kept().orElseThrow() * 4096);
        assertEquals("Plimsoll line: " + low + " IOPS (" + bandwidth + ")", lines.getFirst());
        assertEquals(
                "Interval " + low + " to " + high + " IOPS: p99<10ms was kept in 5 of 5 steps at its lower end and"
                        + " broken in 5 of 5 steps at its upper end.",
                lines.get(1));
        assertTrue(
                lines.contains("  job          lab: randread, blocks of 4 KiB, 2 data threads, iodepth 16, direct"),
                lines::toString);
        assertTrue(
                lines.contains("  method       " + result.steps().size() + " steps of 10 s after 2 s of ramp,"
                        + " poisson arrivals, pacer hybrid, precision 5 %, seed 42"),
                lines::toString);
    }

    @Test
    void theSketchShowsWhereTheSloIsAndWhereTheLine() throws Exception {
        SaturationResult result = search("p99<10ms");
        List<String> sketch = SaturationText.render(result)
                .lines()
                .dropWhile(line -> !line.startsWith("response p99"))
                .skip(1)
                .takeWhile(line -> !line.isEmpty())
                .toList();
        assertEquals(SaturationChart.nearby(result).size(), sketch.size());
        assertEquals(
                1, sketch.stream().map(line -> line.indexOf('|')).distinct().count(), "the SLO is one column");
        String line = Quantity.rate(result.line().kept().orElseThrow());
        assertEquals(
                List.of(line),
                sketch.stream()
                        .filter(row -> row.endsWith("<- the line"))
                        .map(row -> row.strip().split(" ")[0])
                        .toList());
        for (String row : sketch) {
            assertEquals(row.contains("broke"), row.lastIndexOf('#') > row.indexOf('|'), row);
        }
    }

    @Test
    void everyStepIsARowOfTheTextTable() throws Exception {
        SaturationResult result = search("p99<10ms");
        long rows = SaturationText.render(result)
                .lines()
                .filter(line -> line.matches(" +[0-9]+  (saturate|bracket|bisect|repeat|curve) .*(kept|broke: .*|-)"))
                .count();
        assertEquals(result.steps().size(), rows);
    }

    @Test
    void saysInASentenceWhyThereIsNoLineOrNoUpperEnd() throws Exception {
        assertTrue(SaturationText.render(search("p99<10us"))
                .startsWith(
                        "No Plimsoll line: no rate keeps p99<10us\nThe lowest rate that was tried is 48.828 IOPS, of"
                                + " 50,000 IOPS in closed loop; even there it broke.\n"));
        assertTrue(SaturationText.render(search("p50<1000s")).contains("The SLO is too loose to decide: "));
        SaturationResult part = search(3, "p99<10ms");
        assertTrue(SaturationText.render(part)
                .startsWith("Plimsoll line unknown: the search was interrupted\nBy then 25,000 IOPS had kept p99<10ms,"
                        + " and 50,000 IOPS had broken it. These are no ends of an interval: too few repeats.\n"));
        assertTrue(SaturationText.render(search(1, "p99<10ms")).contains("\nNo rate was judged by then.\n"));
        assertTrue(SaturationText.render(search(0, "p99<10ms")).contains("closed loop  ? IOPS"));
    }

    @Test
    void theAnnouncementTellsTheTime() {
        assertEquals(
                "looking for the highest rate that keeps p99<10ms: about 22 steps of 12 s, 4m 24s; at most 101 steps,"
                        + " 20m 12s, if the storage contradicts itself",
                SaturationText.announcement(SimulatedSteps.plan("p99<10ms")));
    }

    @Test
    void theJsonHasTheLineTheCurveAndEveryStep() throws Exception {
        SaturationResult result = search("p99<10ms", "max<100s");
        String text = SaturationJson.render(result, "0.1");
        JsonNode json = new ObjectMapper().readTree(text);
        assertTrue(text.chars().allMatch(c -> c < 128), "ASCII");
        assertEquals(SaturationJson.SCHEMA, json.at("/schema").asText());
        assertEquals(SaturationJson.VERSION, json.at("/version").asInt());
        assertEquals("found", json.at("/state").asText());
        assertEquals(result.line().kept().orElseThrow(), json.at("/line/iops").asDouble());
        assertEquals(
                result.line().kept().orElseThrow() * 4096,
                json.at("/line/bytes_per_second").asDouble(),
                1);
        assertEquals(
                result.line().broken().orElseThrow(),
                json.at("/line/broken_iops").asDouble());
        assertEquals("max", json.at("/slo/terms/1/measure").asText());
        assertEquals(10_000_000, json.at("/slo/terms/0/limit_ns").asLong());
        assertEquals(result.steps().size(), json.at("/steps").size());
        assertEquals("randread", json.at("/job options/rw").asText());
        for (int i = 0; i < result.steps().size(); i++) {
            SaturationStep step = result.steps().get(i);
            JsonNode node = json.at("/steps/" + i);
            assertEquals(step.purpose().word(), node.at("/purpose").asText());
            assertEquals(
                    step.requestedPerSecond().isPresent(),
                    node.at("/rate_requested").isNumber());
            assertEquals(step.verdict().isPresent(), node.at("/kept").isBoolean());
            step.response()
                    .ifPresent(response -> assertEquals(
                            response.p99(),
                            node.at("/resp_ns/percentile").get("99.000000").asLong()));
        }
        List<Double> shares = json.at("/curve").findValues("share_of_line").stream()
                .map(JsonNode::asDouble)
                .toList();
        for (double share : new double[] {0.1, 0.5, 0.7, 0.8, 0.9, 1}) {
            assertTrue(shares.stream().anyMatch(s -> Math.abs(s - share) < 1e-4), share + " in " + shares);
        }
    }

    @Test
    void theJsonIsJsonWithoutALineAndWithoutAResult() throws Exception {
        JsonNode none = new ObjectMapper().readTree(SaturationJson.render(search("p99<10us"), "0.1"));
        assertEquals("none_keeps", none.at("/state").asText());
        assertTrue(none.at("/line/iops").isNull());
        JsonNode empty = new ObjectMapper().readTree(SaturationJson.render(search(0, "p99<10ms"), "0.1"));
        assertTrue(empty.at("/interrupted").asBoolean());
        assertEquals(0, empty.at("/steps").size());
        assertEquals(
                "a \"b\"",
                new ObjectMapper()
                        .readTree(SaturationJson.error("a \"b\"", "0.1"))
                        .at("/error")
                        .asText());
    }

    @Test
    void thePageNeedsNothingElse() throws Exception {
        String page = SaturationHtml.render(search("p99<10ms"), "0.1");
        assertFalse(Pattern.compile("<script|<link|<img|@import|url\\((?!#)|javascript:| on[a-z]+=")
                .matcher(page)
                .find());
        assertEquals(
                List.of("http://www.w3.org/2000/svg"),
                Pattern.compile("https?:[^\"' ]*")
                        .matcher(page)
                        .results()
                        .map(m -> m.group())
                        .distinct()
                        .toList(),
                "the name of SVG is no address");
        assertTrue(page.contains("prefers-color-scheme: dark"));
        assertTrue(page.contains("@media print"));
    }

    @Test
    void thePageShowsTheCurveTheLineAndEveryStep() throws Exception {
        SaturationResult result = search("p99<10ms");
        String page = SaturationHtml.render(result, "0.1");
        assertTrue(page.startsWith("<!DOCTYPE html>"));
        assertTrue(page.indexOf(SaturationHtml.MARK) < 4096, "where a later search looks for it");
        assertTrue(page.contains("<title>Plimsoll line of lab on /mnt/storage (directory)</title>"));
        assertEquals(result.steps().size() + 1, page.split("<tr").length - 1, "a row for each step, and a head");
        assertEquals(count(page, "</th>") * result.steps().size(), count(page, "<td"), "a value in each column");
        assertEquals(count(page, "<td"), count(page, " data-name=\""), "named where there is no room for columns");
        long open = result.steps().stream()
                .filter(step -> step.response().isPresent())
                .count();
        long broke = result.steps().stream()
                .filter(s -> s.verdict().isPresent() && !s.kept())
                .count();
        // Each chart is drawn wide and narrow; the key has a mark of each kind.
        assertEquals(2 * open, count(page, "<title>step "));
        assertEquals(2 * broke + 1, count(page, "class=\"hollow second\""));
        assertEquals(2, count(page, ">SLO p99&lt;10ms<"));
        assertEquals(2, count(page, "rate asked for, IOPS"));
        assertEquals(page, SaturationHtml.render(result, "0.1"), "the same search, the same bytes");
    }

    @Test
    void marksStandOnTheLineThatThePromiseIsAbout() throws Exception {
        String page = SaturationHtml.render(search("max<100s", "p99.9<10ms"), "0.1");
        assertTrue(page.contains("class=\"hollow third\""));
        assertFalse(page.contains("class=\"hollow second\""));
        assertTrue(SaturationText.render(search("p50<5ms")).contains("\nresponse p50 by rate in IOPS (logarithmic, |"));
        assertTrue(SaturationText.render(search("max<5ms")).contains("\nresponse p99 by rate in IOPS (logarithmic)"));
    }

    @Test
    void ratesOfSeveralDecadesAreDrawnLogarithmically() throws Exception {
        // Halved ten times, and none kept: from 48.8 to 50,000 IOPS.
        String none = SaturationHtml.render(search("p99<10us"), "0.1");
        assertEquals(2, count(none, ">rate asked for, IOPS (logarithmic)<"));
        for (String tick : List.of(">100<", ">1k<", ">10k<")) {
            assertEquals(2, count(none, tick), tick);
        }
        assertEquals(1, count(none, ">2k<"), "where there is room for it");
        String found = SaturationHtml.render(search("p99<10ms"), "0.1");
        assertEquals(2, count(found, ">rate asked for, IOPS<"));
        assertEquals(2, count(found, ">20k<"));
    }

    @Test
    void thePageDoesWithoutWhatIsNotThere() throws Exception {
        assertFalse(SaturationHtml.render(search(2, "p99<10ms"), "0.1").contains("<figure>"), "one rate is no curve");
        String interrupted = SaturationHtml.render(search(4, "p99<10ms"), "0.1");
        assertTrue(interrupted.contains("Interrupted after 4 steps."));
        assertTrue(interrupted.contains("<figure>"));
        assertFalse(interrupted.contains("interval of the line"));
        assertTrue(SaturationHtml.render(search("p99<10us"), "0.1").contains("<h1>No Plimsoll line: "));
    }

    @Test
    void thePageEscapesWhatOthersNamed() throws Exception {
        SaturationResult result = search("p99<10ms");
        JobRequest job = result.plan().job();
        SaturationPlan plan = new SaturationPlan(
                new JobRequest(job.plan(), new JobTarget.File(Path.of("/mnt/<b>&\u202e")), false, false),
                result.plan().slo(),
                result.plan().search(),
                result.plan().arrival(),
                result.plan().pacer(),
                result.plan().stepNs(),
                result.plan().rampNs());
        String page = SaturationHtml.render(
                new SaturationResult(
                        plan,
                        Optional.of("<i>"),
                        result.line(),
                        result.steps(),
                        List.of(new Flag("<u>", "<u>", "<u>")),
                        Optional.of("<s>"),
                        false),
                "<v>");
        for (String tag : List.of("<b>", "<i>", "<u>", "<s>", "<v>", "\u202e")) {
            assertFalse(page.contains(tag), tag);
        }
        assertTrue(page.contains("/mnt/&lt;b&gt;&amp;\\u202e (file)"));
    }

    @Test
    void stepsInARowAreSaidAsOneRange() {
        assertEquals("1, 3-5, 8-9", SaturationFlags.ranges(List.of(1, 3, 4, 5, 8, 9)));
        assertEquals("7", SaturationFlags.ranges(List.of(7)));
    }

    @Test
    void numbersAreReadable() {
        assertEquals("41,237", Quantity.rate(41_237));
        assertEquals("1,234,600", Quantity.rate(1_234_600));
        assertEquals("12.346", Quantity.rate(12.346));
        assertEquals("100", Quantity.rate(100));
        assertEquals("0", Quantity.rate(0));
        assertEquals("99.4 %", Quantity.percent(0.994));
        assertEquals("100 %", Quantity.percent(1));
        assertEquals("5 %", Quantity.percent(0.05));
        assertEquals("0.452", Quantity.TimeUnit.MS.of(452_000));
        assertEquals(Quantity.TimeUnit.US, Quantity.TimeUnit.forLimit(999_999));
        assertEquals("10 s", SaturationWords.time(10_000_000_000L));
        assertEquals("1.5 s", SaturationWords.time(1_500_000_000L));
        assertEquals("2 ms", SaturationWords.time(2_000_000L));
    }

    private static int count(String page, String part) {
        return page.split(Pattern.quote(part), -1).length - 1;
    }
}
