package io.plimsoll.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where settings come from; later ones win: the schema's defaults, the file, the environment, the flags.
public record Sources(Optional<Path> file, Map<String, String> environment, List<Flag> flags) {
    public Sources {
        environment = Map.copyOf(environment);
        flags = List.copyOf(flags);
    }
}
