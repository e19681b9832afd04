package io.plimsoll.server;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import java.util.List;

/// Hands immutable records from verticle to verticle within a JVM, as they are. On the wire it refuses: what leaves the
/// JVM has formats of its own.
final class LocalCodec<T extends Record> implements MessageCodec<T, T> {
    private final Class<T> type;

    private LocalCodec(Class<T> type) {
        this.type = type;
    }

    /// Lets records of these types be message bodies. To register a type twice is harmless.
    static void register(EventBus bus, List<Class<? extends Record>> types) {
        types.forEach(type -> register(bus, type));
    }

    private static <T extends Record> void register(EventBus bus, Class<T> type) {
        try {
            bus.registerDefaultCodec(type, new LocalCodec<>(type));
        } catch (IllegalStateException _) {
            // Verticles that share this bus both said so; the bus has no way to ask first.
        }
    }

    @Override
    public T transform(T body) {
        return body;
    }

    @Override
    public void encodeToWire(Buffer buffer, T body) {
        throw new UnsupportedOperationException(type.getName() + " never leaves its JVM");
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException(type.getName() + " never leaves its JVM");
    }

    @Override
    public String name() {
        return "plimsoll.local." + type.getName();
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
