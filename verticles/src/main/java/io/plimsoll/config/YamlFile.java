package io.plimsoll.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.AnchorNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// One YAML 1.2 file: its values, and where in the file each of them stands. Bounded in bytes, depth and nodes, so
/// that no file can make the program slow or large; duplicate keys, tags and other encodings than UTF-8 are refused.
final class YamlFile implements Layer {
    static final int BYTES_MAX = 1 << 20;
    static final int DEPTH_MAX = 16;
    static final int NODES_MAX = 10_000;

    private final String name;
    private final String text;
    private final Map<List<String>, Mark> keys = new HashMap<>();
    private final Map<List<String>, Mark> marks = new HashMap<>();
    private final JsonObject values;
    private int nodes;

    /// Reads at most [#BYTES_MAX] bytes; blocks.
    ///
    /// @throws ConfigException with file, line and column
    static YamlFile read(Path file) {
        byte[] bytes;
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new ConfigException(file.toString(), "is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file.toString(), "no such file");
        } catch (IOException e) {
            throw new ConfigException(file.toString(), "cannot be read: " + e.getMessage());
        }
        if (bytes.length > BYTES_MAX) {
            throw new ConfigException(file.toString(), "is larger than 1 MiB, which no configuration needs");
        }
        return new YamlFile(file.toString(), bytes);
    }

    YamlFile(String name, byte[] bytes) {
        this.name = name;
        this.text = utf8(name, bytes);
        Node root = compose();
        if (!(root instanceof MappingNode mapping)) {
            throw failure(root.getStartMark(), "expected settings as 'key: value' lines, found " + kind(root));
        }
        this.values = object(mapping, List.of());
    }

    @Override
    public JsonObject values() {
        return values;
    }

    @Override
    public Problem at(List<String> path, Spot spot, String message) {
        Mark mark = spot == Spot.KEY ? keys.get(path) : null;
        return problem(mark != null ? mark : marks.get(path), message);
    }

    private static String utf8(String name, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new ConfigException(name, "is not UTF-8 text; save it as UTF-8");
        }
    }

    private Node compose() {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                .setAllowNonScalarKeys(true)
                .setMaxAliasesForCollections(NODES_MAX)
                .setCodePointLimit(BYTES_MAX)
                .setUseMarks(true)
                .build();
        try {
            return new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> new ConfigException(name, "is empty; leave it out to use the defaults"));
        } catch (MarkedYamlEngineException e) {
            throw failure(
                    e.getProblemMark().or(e::getContextMark),
                    "not YAML: " + (e.getContext() == null || e.getContext().isBlank() ? "" : e.getContext() + ": ")
                            + e.getProblem());
        } catch (ReaderException e) {
            throw new ConfigException(
                    name + ":" + lineOf(e.getPosition()),
                    "not YAML: the character U+%04X is not allowed".formatted(e.getCodePoint()));
        } catch (YamlEngineException e) {
            throw new ConfigException(
                    name,
                    "not YAML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } catch (StackOverflowError e) {
            throw new ConfigException(name, "is nested deeper than " + DEPTH_MAX + " levels");
        }
    }

    private JsonObject object(MappingNode mapping, List<String> path) {
        JsonObject object = new JsonObject();
        for (NodeTuple tuple : mapping.getValue()) {
            Node keyNode = tuple.getKeyNode();
            if (!(keyNode instanceof ScalarNode key)) {
                throw failure(keyNode.getStartMark(), "a key must be a word, found " + kind(keyNode));
            }
            if (object.containsKey(key.getValue())) {
                throw failure(key.getStartMark(), "key '" + key.getValue() + "' stands here twice; remove one");
            }
            List<String> at = child(path, key.getValue());
            key.getStartMark().ifPresent(mark -> keys.put(at, mark));
            object.put(key.getValue(), value(tuple.getValueNode(), at));
        }
        return object;
    }

    private Object value(Node node, List<String> path) {
        // Aliases share nodes: what is counted is what they expand to.
        if (++nodes > NODES_MAX) {
            throw failure(
                    node.getStartMark(), "more than " + NODES_MAX + " values, counting aliases as what they expand to");
        }
        if (path.size() > DEPTH_MAX) {
            throw failure(node.getStartMark(), "nested deeper than " + DEPTH_MAX + " levels");
        }
        node.getStartMark().ifPresent(mark -> marks.put(path, mark));
        return switch (node) {
            case MappingNode mapping -> object(mapping, path);
            case SequenceNode sequence -> array(sequence, path);
            case ScalarNode scalar -> scalar(scalar);
            default -> throw failure(node.getStartMark(), "expected a value, found " + kind(node));
        };
    }

    private JsonArray array(SequenceNode sequence, List<String> path) {
        JsonArray array = new JsonArray();
        for (Node item : sequence.getValue()) {
            array.add(value(item, child(path, Integer.toString(array.size()))));
        }
        return array;
    }

    private Object scalar(ScalarNode node) {
        Tag tag = node.getTag();
        String value = node.getValue();
        if (tag.equals(Tag.STR)) {
            return value;
        } else if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(value);
        } else if (tag.equals(Tag.NULL)) {
            return null;
        } else if (tag.equals(Tag.FLOAT)) {
            return parse(
                    node, () -> Double.valueOf(value.replace(".inf", "Infinity").replace(".nan", "NaN")));
        } else if (tag.equals(Tag.INT)) {
            return parse(node, () -> Long.valueOf(value));
        }
        throw failure(node.getStartMark(), "tags are not allowed here: " + tag.getValue());
    }

    private Number parse(ScalarNode node, java.util.function.Supplier<Number> number) {
        try {
            Number parsed = number.get();
            if (parsed instanceof Double d && !Double.isFinite(d)) {
                throw failure(node.getStartMark(), "'" + node.getValue() + "' is not a number that can be used");
            }
            return parsed;
        } catch (NumberFormatException e) {
            throw failure(node.getStartMark(), "'" + node.getValue() + "' is not a number that can be used");
        }
    }

    private static List<String> child(List<String> path, String name) {
        List<String> child = new ArrayList<>(path);
        child.add(name);
        return List.copyOf(child);
    }

    private static String kind(Node node) {
        return switch (node) {
            case MappingNode _ -> "a mapping";
            case SequenceNode _ -> "a list";
            case ScalarNode scalar -> "'" + Excerpt.printable(scalar.getValue(), 40) + "'";
            case AnchorNode _ -> "an alias";
            default -> "something else";
        };
    }

    private ConfigException failure(Optional<Mark> mark, String message) {
        return new ConfigException(List.of(problem(mark.orElse(null), message)));
    }

    private Problem problem(Mark mark, String message) {
        if (mark == null) {
            return new Problem(name, message, "");
        }
        return new Problem(
                name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1),
                message,
                Excerpt.of(text, mark.getLine(), mark.getColumn()));
    }

    private int lineOf(int position) {
        return 1
                + (int) text.codePoints()
                        .limit(Math.max(0, position))
                        .filter(c -> c == '\n')
                        .count();
    }
}
