package io.plimsoll.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Renders a report as JSON with everything in it: keys in a fixed order with their units, times in ISO 8601 UTC,
/// absent values as null. `docs/REPORT.md` describes it; a change of meaning raises [#VERSION].
public final class JsonReport {
    public static final String SCHEMA = "plimsoll.run-report";
    public static final int VERSION = 1;

    private JsonReport() {}

    public static String render(RunReport report) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schema", SCHEMA);
        document.put("version", VERSION);
        document.put("run", report.run());
        document.put("totals", report.totals());
        document.put("all_active", report.allActive());
        document.put("any_active", report.anyActive());
        document.put("clients", report.clients());
        document.put("events", report.events());
        try {
            return ReportJson.PRETTY.writeValueAsString(document) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("report cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
