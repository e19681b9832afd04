package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import java.util.List;

/// Collects the flags that were typed.
final class Flags {
    private Flags() {}

    /// @param value as picocli has it; null where the flag was not typed
    static void add(List<Flag> flags, String name, String key, Object value) {
        if (value != null) {
            flags.add(new Flag(name, key, value.toString()));
        }
    }
}
