package io.plimsoll.config;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Settings from environment variables: `PLIMSOLL_TCP_PORT` for `tcp.port`. A variable that means nothing is refused,
/// because a mistyped one would otherwise run the wrong benchmark.
final class Environment {
    static final String PREFIX = "PLIMSOLL_";

    /// What the program uses for other ends than settings.
    static final Set<String> OTHERS = Set.of("PLIMSOLL_HOME", "PLIMSOLL_JAVA_OPTS");

    /// What Kubernetes sets in every container beside a Service whose name begins with "plimsoll".
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "PLIMSOLL_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)");

    private Environment() {}

    static String variable(String key) {
        return PREFIX
                + key.replace('.', '_').replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    /// @param others schemas whose variables may be there as well: one environment serves server and clients
    static Layer layer(Map<String, String> environment, Schema schema, List<Schema> others) {
        Map<String, String> known = schema.keys().stream().collect(Collectors.toMap(Environment::variable, key -> key));
        Set<String> foreign = others.stream()
                .flatMap(other -> other.keys().stream())
                .map(Environment::variable)
                .collect(Collectors.toSet());
        JsonObject values = new JsonObject();
        Map<List<String>, String> names = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, text) -> {
            String key = known.get(name);
            if (key != null && !isServiceLink(name, text)) {
                names.put(schema.put(values, key, text), name);
            } else if (name.startsWith(PREFIX)
                    && !OTHERS.contains(name)
                    && !foreign.contains(name)
                    && !isServiceLink(name, text)) {
                problems.add(unknown(name, known.keySet()));
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Layer.Named(values, names);
    }

    private static boolean isServiceLink(String name, String text) {
        return SERVICE_LINK.matcher(name).matches() || (name.endsWith("_PORT") && text.matches("(tcp|udp|sctp)://.*"));
    }

    private static Problem unknown(String name, Set<String> known) {
        String hint = Suggestion.nearest(
                        name.substring(PREFIX.length()),
                        known.stream().map(n -> n.substring(PREFIX.length())).toList())
                .map(near -> "; did you mean " + PREFIX + near + "?")
                .orElse("; names beginning with " + PREFIX + " are settings: unset it");
        return new Problem(Excerpt.printable(name, 80), "unknown environment variable" + hint, "");
    }
}
