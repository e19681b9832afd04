package io.plimsoll.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.Map;

/// Writes one JSON document piece by piece, for lists that do not fit into memory; an element a line.
public final class JsonStream {
    private final JsonGenerator to;

    /// @param schema names the document, with its version, in its first two keys
    public JsonStream(Writer writer, String schema, int version) {
        try {
            to = ReportJson.MAPPER.getFactory().createGenerator(writer).setPrettyPrinter(new ElementPerLine());
            to.writeStartObject();
            to.writeStringField("schema", schema);
            to.writeNumberField("version", version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void field(String name, Object value) {
        write(() -> {
            to.writeFieldName(name);
            value(value);
        });
    }

    public void beginArray(String name) {
        write(() -> to.writeArrayFieldStart(name));
    }

    /// A record of this room, or a row.
    public void element(Object value) {
        write(() -> value(value));
    }

    public void endArray() {
        write(to::writeEndArray);
    }

    public void end() {
        write(() -> {
            to.writeEndObject();
            to.writeRaw('\n');
            to.flush();
        });
    }

    private void value(Object value) throws IOException {
        if (value instanceof Map<?, ?> row) {
            to.writeStartObject();
            for (Map.Entry<?, ?> cell : row.entrySet()) {
                to.writeFieldName(cell.getKey().toString());
                cell(cell.getValue());
            }
            to.writeEndObject();
        } else {
            to.writePOJO(value);
        }
    }

    /// Rows keep every digit; reports round.
    private void cell(Object value) throws IOException {
        switch (value) {
            case null -> to.writeNull();
            case Double number when !Double.isFinite(number) -> to.writeNull();
            case Double number -> to.writeNumber(BigDecimal.valueOf(number).stripTrailingZeros());
            case Long number -> to.writeNumber(number);
            case Integer number -> to.writeNumber(number);
            case Boolean bool -> to.writeBoolean(bool);
            default -> to.writeString(value.toString());
        }
    }

    /// Ends the line after each element of the document's arrays, and nowhere else.
    private static final class ElementPerLine extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;
        private int depth;

        @Override
        public void writeStartObject(JsonGenerator g) throws IOException {
            depth++;
            super.writeStartObject(g);
        }

        @Override
        public void writeEndObject(JsonGenerator g, int entries) throws IOException {
            depth--;
            super.writeEndObject(g, entries);
        }

        @Override
        public void beforeArrayValues(JsonGenerator g) throws IOException {
            lineEnd(g);
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator g) throws IOException {
            super.writeArrayValueSeparator(g);
            lineEnd(g);
        }

        private void lineEnd(JsonGenerator g) throws IOException {
            if (depth == 1) {
                g.writeRaw('\n');
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void write(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
