package io.plimsoll.report;

import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Turns rows of any table into named values that CSV and JSON have words for: text, numbers, booleans, null.
public final class ExportRow {
    private static final String HISTOGRAM = "latency_histogram";
    private static final List<String> PERCENTILES =
            List.of("latency_p50_ns", "latency_p90_ns", "latency_p99_ns", "latency_p999_ns");

    /// How a histogram is exported.
    public enum HistogramForm {
        /// Four columns instead of one.
        PERCENTILES,
        /// As stored: HdrHistogram's V2 compressed encoding.
        BASE64
    }

    private final HistogramForm form;
    private long unreadable;

    public ExportRow(HistogramForm form) {
        this.form = form;
    }

    /// Histograms so far that could not be read; their percentiles are null.
    public long unreadable() {
        return unreadable;
    }

    /// The names that [#values] will have for a table of these columns.
    public List<String> names(List<String> columns) {
        return columns.stream()
                .flatMap(c -> c.equals(HISTOGRAM) && form == HistogramForm.PERCENTILES
                        ? PERCENTILES.stream()
                        : java.util.stream.Stream.of(c))
                .toList();
    }

    public Map<String, Object> values(Row row) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < row.size(); i++) {
            String column = row.getColumnName(i);
            Object value = row.getValue(i);
            if (value instanceof Buffer bytes && column.equals(HISTOGRAM) && form == HistogramForm.PERCENTILES) {
                percentiles(bytes.getBytes(), values);
            } else {
                values.put(column, plain(column, value));
            }
        }
        return values;
    }

    private static Object plain(String column, Object value) {
        return switch (value) {
            case null -> null;
            case Long number -> number;
            case Integer number -> number;
            case Double number -> number;
            case Boolean bool -> bool;
            case String text -> text;
            case UUID uuid -> uuid.toString();
            case OffsetDateTime at -> at.toInstant().toString();
            case Buffer bytes -> Base64.getEncoder().encodeToString(bytes.getBytes());
            default ->
                throw new IllegalStateException("column " + column + " has a type that no export knows: "
                        + value.getClass().getSimpleName());
        };
    }

    private void percentiles(byte[] encoded, Map<String, Object> values) {
        PERCENTILES.forEach(name -> values.put(name, null));
        try {
            LatencyHistogram histogram = Histograms.decode(encoded);
            if (!histogram.isEmpty()) {
                values.put(PERCENTILES.get(0), histogram.percentileNs(50));
                values.put(PERCENTILES.get(1), histogram.percentileNs(90));
                values.put(PERCENTILES.get(2), histogram.percentileNs(99));
                values.put(PERCENTILES.get(3), histogram.percentileNs(99.9));
            }
        } catch (IllegalArgumentException _) {
            unreadable++;
        }
    }
}
