package io.plimsoll.config;

import io.plimsoll.model.ByteSize;
import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads and checks the settings of server and client. Each layer is validated by itself, so that every mistake is
/// reported where it was written, also one that a higher layer covers; then they are merged and checked together.
///
/// All futures fail with [ConfigException] only where the user made a mistake. May be called on an event loop: the
/// file is read by a worker.
public final class Settings {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    private Settings() {}

    /// @param notes how ambiguous values were read, for the user to see
    public record Loaded<T>(T settings, List<String> notes) {}

    public static Future<Loaded<ServerSettings>> server(Vertx vertx, Sources sources) {
        return load(vertx, sources, Schema.SERVER, Schema.CLIENT, ServerSettings::of);
    }

    public static Future<Loaded<ClientSettings>> client(Vertx vertx, Sources sources) {
        return load(vertx, sources, Schema.CLIENT, Schema.SERVER, ClientSettings::of);
    }

    /// Settings in the bare form, `VertxApplication io.plimsoll.server.ServerVerticle -conf FILE`. The launcher's
    /// object holds settings, or `config` with the path of a YAML file, over which settings beside it win.
    public static Future<ServerSettings> server(Vertx vertx, JsonObject conf) {
        return bare(vertx, conf, Schema.SERVER, Schema.CLIENT, ServerSettings::of);
    }

    /// See [#server(Vertx, JsonObject)].
    public static Future<ClientSettings> client(Vertx vertx, JsonObject conf) {
        return bare(vertx, conf, Schema.CLIENT, Schema.SERVER, ClientSettings::of);
    }

    private static <T> Future<T> bare(
            Vertx vertx, JsonObject conf, Schema schema, Schema other, Function<Values, T> make) {
        if (conf.isEmpty()) {
            // The stock launcher turns a missing file and broken JSON into {}, and would run with defaults.
            return Future.failedFuture(new ConfigException(
                    "-conf", "no settings; give a JSON file or object, such as {\"config\": \"conf/server.yaml\"}"));
        }
        JsonObject overrides = conf.copy();
        Object file = overrides.remove("config");
        if (file != null && !(file instanceof String)) {
            return Future.failedFuture(new ConfigException("-conf: config", "expected the path of a YAML file"));
        }
        Layer top = new Layer.Whole("-conf", overrides);
        return layers(vertx, Optional.ofNullable((String) file).map(Path::of), System.getenv(), schema, other, top)
                .compose(layers -> merge(vertx, schema, layers).map(values -> {
                    Loaded<T> loaded = checked(schema, layers, values, make);
                    checkClustered(vertx, values);
                    loaded.notes()
                            .forEach(note ->
                                    LOG.atWarn().addKeyValue("note", note).log("setting-ambiguous"));
                    return loaded.settings();
                }));
    }

    /// The bare form's Vert.x was there before these settings: a cluster named here would never be joined.
    private static void checkClustered(Vertx vertx, Values values) {
        if (ClusterSettings.of(values).isPresent() && !vertx.isClustered()) {
            throw new ConfigException(
                    "cluster",
                    "this Vert.x is not clustered; use 'plimsoll server' or 'plimsoll client', or leave it out");
        }
    }

    private static <T> Future<Loaded<T>> load(
            Vertx vertx, Sources sources, Schema schema, Schema other, Function<Values, T> make) {
        JsonObject flags = new JsonObject();
        Map<List<String>, String> names = new java.util.HashMap<>();
        sources.flags().forEach(flag -> names.put(schema.put(flags, flag.key(), flag.text()), flag.name()));
        return layers(vertx, sources.file(), sources.environment(), schema, other, new Layer.Named(flags, names))
                .compose(layers -> merge(vertx, schema, layers).map(values -> checked(schema, layers, values, make)));
    }

    /// The layers from low to high, each of them valid by itself.
    private static Future<List<Layer>> layers(
            Vertx vertx, Optional<Path> file, Map<String, String> environment, Schema schema, Schema other, Layer top) {
        return vertx.executeBlocking(() -> {
            List<Layer> layers = new ArrayList<>();
            file.map(YamlFile::read).ifPresent(layers::add);
            layers.add(Environment.layer(environment, schema, List.of(other)));
            layers.add(top);
            List<Problem> problems = layers.stream()
                    .flatMap(layer -> schema.validate(layer).stream())
                    .toList();
            if (!problems.isEmpty()) {
                throw new ConfigException(problems);
            }
            return layers;
        });
    }

    private static Future<Values> merge(Vertx vertx, Schema schema, List<Layer> layers) {
        ConfigRetrieverOptions options = new ConfigRetrieverOptions()
                // No look at the process's whole environment and system properties, and no change in mid-run.
                .setIncludeDefaultStores(false)
                .setScanPeriod(-1)
                .addStore(store(schema.defaults()));
        layers.forEach(layer -> options.addStore(store(layer.values())));
        ConfigRetriever retriever = ConfigRetriever.create(vertx, options);
        return retriever.getConfig().map(Values::new).eventually(retriever::close);
    }

    private static ConfigStoreOptions store(JsonObject values) {
        return new ConfigStoreOptions().setType("json").setConfig(values);
    }

    private static <T> Loaded<T> checked(Schema schema, List<Layer> layers, Values values, Function<Values, T> make) {
        try {
            return new Loaded<>(make.apply(values), notes(schema, layers, values));
        } catch (SettingException e) {
            throw new ConfigException(List.of(problem(layers, e.key(), e.key() + ": " + e.problem())));
        }
    }

    private static List<String> notes(Schema schema, List<Layer> layers, Values values) {
        return schema.keys().stream()
                .filter(key -> schema.leaf(key).getString("format", "").equals("size"))
                .filter(key -> values.optionalText(key).isPresent())
                .map(key -> Map.entry(key, ByteSize.parse(values.text(key)).note()))
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> problem(layers, entry.getKey(), entry.getValue()))
                .map(problem -> problem.where() + ": " + problem.message())
                .toList();
    }

    /// A problem at the place that decided: the highest layer that has the key.
    private static Problem problem(List<Layer> layers, String key, String message) {
        List<String> path = List.of(key.split("\\."));
        return layers.reversed().stream()
                .filter(layer -> layer.has(path))
                .findFirst()
                .map(layer -> layer.at(path, Layer.Spot.VALUE, message))
                .orElse(new Problem("defaults", message, ""));
    }
}
