package io.plimsoll.wire.bus;

import io.plimsoll.model.Require;
import io.plimsoll.wire.Json;
import io.plimsoll.wire.WireException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Carries every [BusMessage] between nodes: the record's name, then its JSON. Records are immutable, so a message that
/// stays on its node is passed as it is.
public final class BusCodec implements MessageCodec<BusMessage, BusMessage> {
    private static final String NAME = "plimsoll-bus";
    private static final int BYTES_MAX = 1 << 20;
    private static final Map<String, Class<?>> TYPES = Arrays.stream(BusMessage.class.getPermittedSubclasses())
            .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

    private BusCodec() {}

    /// Lets `vertx` carry bus messages. To call it twice is harmless.
    public static void register(Vertx vertx) {
        try {
            vertx.eventBus().registerCodec(new BusCodec());
        } catch (IllegalStateException _) {
            // registered by another verticle of this Vertx; the bus has no way to ask first
        }
        vertx.eventBus().codecSelector(body -> body instanceof BusMessage ? NAME : null);
    }

    @Override
    public void encodeToWire(Buffer buffer, BusMessage message) {
        byte[] name = message.getClass().getSimpleName().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] json = Json.write(message);
        buffer.appendUnsignedByte((short) name.length).appendBytes(name);
        buffer.appendInt(json.length).appendBytes(json);
    }

    @Override
    public BusMessage decodeFromWire(int at, Buffer buffer) {
        int nameEnd = at + 1 + buffer.getUnsignedByte(at);
        Class<?> type = TYPES.get(buffer.getString(at + 1, nameEnd, "US-ASCII"));
        if (type == null) {
            throw new WireException("unknown message on the event bus");
        }
        int length = (int) Require.inRange("bus message bytes", buffer.getInt(nameEnd), 0, BYTES_MAX);
        return (BusMessage) Json.read(buffer.getBytes(nameEnd + 4, nameEnd + 4 + length), type);
    }

    @Override
    public BusMessage transform(BusMessage message) {
        return message;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
