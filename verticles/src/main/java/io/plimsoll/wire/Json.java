package io.plimsoll.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.plimsoll.model.ClientId;
import java.io.IOException;

/// Records to JSON and back, strictly: every component must be there with its own type, nothing else may be, and the
/// records' own checks have the last word.
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(Frame.BODY_BYTES_MAX)
                            .maxNestingDepth(16)
                            .maxStringLength(512 * 1024)
                            .maxNameLength(64)
                            .maxNumberLength(32)
                            .build())
                    .build())
            .addModule(new Jdk8Module())
            .addModule(new SimpleModule()
                    .addSerializer(new ClientIdWriter())
                    .addDeserializer(ClientId.class, new ClientIdReader()))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private Json() {}

    public static byte[] write(Object record) {
        try {
            return MAPPER.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + record.getClass().getName() + " as JSON", e);
        }
    }

    /// @throws WireException when the bytes are not that record
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new WireException(type.getSimpleName() + ": is null");
            }
            return value;
        } catch (JsonProcessingException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            String why = root instanceof JsonProcessingException j ? j.getOriginalMessage() : root.getMessage();
            throw new WireException(type.getSimpleName() + ": " + firstLine(why), e);
        } catch (IOException e) {
            throw new WireException(type.getSimpleName() + ": " + firstLine(e.getMessage()), e);
        }
    }

    private static String firstLine(String text) {
        String line = text == null ? "not readable" : text.lines().findFirst().orElse("not readable");
        return line.length() > 300 ? line.substring(0, 300) + "…" : line;
    }

    private static final class ClientIdWriter extends StdScalarSerializer<ClientId> {
        private static final long serialVersionUID = 1;

        ClientIdWriter() {
            super(ClientId.class);
        }

        @Override
        public void serialize(ClientId id, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(id.value());
        }
    }

    private static final class ClientIdReader extends StdScalarDeserializer<ClientId> {
        private static final long serialVersionUID = 1;

        ClientIdReader() {
            super(ClientId.class);
        }

        @Override
        public ClientId deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getValueAsString();
            try {
                return new ClientId(text);
            } catch (IllegalArgumentException e) {
                throw com.fasterxml.jackson.databind.JsonMappingException.from(in, e.getMessage(), e);
            }
        }
    }
}
