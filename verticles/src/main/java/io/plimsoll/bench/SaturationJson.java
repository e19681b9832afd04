package io.plimsoll.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plimsoll.bench.SaturationStep.Latencies;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// A search as JSON with everything in it: ASCII, keys in a fixed order with their units, absent values as null.
/// `docs/SATURATE.md` describes it; a change of meaning raises [#VERSION].
public final class SaturationJson {
    public static final String SCHEMA = "plimsoll.saturation";
    public static final int VERSION = 1;

    private static final MathContext DIGITS = new MathContext(9);

    private SaturationJson() {}

    /// @param version of the program
    public static String render(SaturationResult result, String version) {
        SaturationPlan plan = result.plan();
        ObjectNode document = head(version);
        document.put("state", result.line().standing().name().toLowerCase(Locale.ROOT));
        document.put("interrupted", result.interrupted());
        document.put("failure", result.failure().orElse(null));
        document.set("line", line(result));
        ObjectNode options = document.putObject("job options");
        FioOptions.of(plan.job()).forEach(options::put);
        document.put("engine", result.engine().orElse(null));
        document.set("slo", slo(plan.slo()));
        document.set("search", search(plan));
        ArrayNode steps = document.putArray("steps");
        result.steps().forEach(step -> steps.add(step(step)));
        ArrayNode curve = document.putArray("curve");
        result.curve().forEach(step -> curve.add(curvePoint(result, step)));
        document.set("flags", Json.flags(result.flags()));
        return Json.text(document);
    }

    /// What stands in place of a result where there is none.
    public static String error(String message, String version) {
        return Json.text(head(version).put("error", message));
    }

    private static ObjectNode head(String version) {
        return Json.NODES
                .objectNode()
                .put("schema", SCHEMA)
                .put("version", VERSION)
                .put("plimsoll_version", version);
    }

    private static ObjectNode line(SaturationResult result) {
        RateSearch.Line line = result.line();
        ObjectNode node = Json.NODES.objectNode();
        number(node, "iops", result.found() ? line.kept() : Optional.empty());
        number(node, "bytes_per_second", SaturationWords.lineBytesPerSecond(result));
        number(node, "kept_iops", line.kept());
        number(node, "broken_iops", line.broken());
        node.put("limited_by", result.limitedBy().map(SaturationLimit::word).orElse(null));
        node.put("limited_by_throughput", result.limitedByThroughput());
        number(node, "closed_loop_iops", result.closedLoop().map(SaturationStep::achievedPerSecond));
        return node;
    }

    private static ObjectNode slo(Slo slo) {
        ObjectNode node = Json.NODES.objectNode();
        node.put("text", slo.toString());
        ArrayNode terms = node.putArray("terms");
        slo.terms()
                .forEach(term ->
                        terms.addObject().put("measure", term.measure().word()).put("limit_ns", term.limitNs()));
        number(node, "achieved_share_min", Optional.of(Slo.ACHIEVED_SHARE_MIN));
        number(node, "backlog_share_max", Optional.of(Slo.BACKLOG_SHARE_MAX));
        return node;
    }

    private static ObjectNode search(SaturationPlan plan) {
        ObjectNode node = Json.NODES.objectNode();
        number(node, "precision", Optional.of(plan.search().precision()));
        node.put("repeats", plan.search().repeats());
        node.put("step_ns", plan.stepNs());
        node.put("ramp_ns", plan.rampNs());
        node.put("rate_process", plan.arrival().name().toLowerCase(Locale.ROOT));
        node.put("pacer", plan.pacer().name().toLowerCase(Locale.ROOT));
        return node;
    }

    private static ObjectNode step(SaturationStep step) {
        ObjectNode node = Json.NODES.objectNode();
        node.put("number", step.number());
        node.put("purpose", step.purpose().word());
        node.put("started_at", Instant.ofEpochMilli(step.startedAtMs()).toString());
        node.put("elapsed_ns", step.elapsedNs());
        number(node, "rate_requested", step.requestedPerSecond());
        number(node, "rate_achieved", Optional.of(step.achievedPerSecond()));
        number(node, "achieved_share", step.achievedShare());
        number(node, "bytes_per_second", Optional.of(step.bytesPerSecond()));
        latencies(node, "resp_ns", step.response());
        latencies(node, "lat_ns", step.service());
        node.put("due", step.due());
        node.put("missed", step.missed());
        node.put("kept", step.verdict().map(Slo.Verdict::kept).orElse(null));
        ArrayNode broken = node.putArray("broken");
        step.verdict().ifPresent(verdict -> verdict.broken().forEach(broken::add));
        node.put("broken_by", step.brokenBy().map(SaturationLimit::word).orElse(null));
        node.set("flags", Json.flags(step.flags()));
        step.notes().forEach(node.putArray("notes")::add);
        return node;
    }

    private static ObjectNode curvePoint(SaturationResult result, SaturationStep step) {
        ObjectNode node = Json.NODES.objectNode();
        double rate = step.requestedPerSecond().orElseThrow();
        number(node, "rate_requested", Optional.of(rate));
        number(
                node,
                "share_of_line",
                result.found() ? result.line().kept().map(line -> rate / line) : Optional.empty());
        return node.put("step", step.number());
    }

    private static void latencies(ObjectNode to, String name, Optional<Latencies> latencies) {
        if (latencies.isEmpty()) {
            to.putNull(name);
            return;
        }
        Latencies l = latencies.get();
        ObjectNode node = to.putObject(name);
        node.put("N", l.count());
        number(node, "mean", Optional.of(l.mean()));
        node.put("max", l.max());
        node.putObject("percentile")
                .put("50.000000", l.p50())
                .put("90.000000", l.p90())
                .put("99.000000", l.p99())
                .put("99.900000", l.p999());
    }

    private static void number(ObjectNode to, String key, Optional<Double> value) {
        if (value.filter(Double::isFinite).isEmpty()) {
            to.putNull(key);
            return;
        }
        BigDecimal digits = BigDecimal.valueOf(value.get()).round(DIGITS).stripTrailingZeros();
        to.set(key, DecimalNode.valueOf(digits.scale() < 0 ? digits.setScale(0) : digits));
    }
}
