package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Files that nobody may touch, and what they were like: names, kinds, rights, times, places of links, content.
final class CanaryTree {
    private final Path root;
    private final Map<String, String> before;

    private CanaryTree(Path root) throws IOException {
        this.root = root;
        before = look();
    }

    /// Makes one that looks as if Plimsoll's clients and benchmarks might clean it up.
    static CanaryTree make(Path root) throws IOException {
        Path job = Files.createDirectories(root.resolve("job"));
        Files.writeString(job.resolve(Marker.NAME), DirectoryUse.BENCH.magic + "\n");
        Files.writeString(job.resolve("job.0.0"), "the only copy");
        Files.writeString(
                Files.createDirectories(job.resolve("tree-0/00000/000")).resolve("f0000000"), "x");
        Path client = Files.createDirectories(root.resolve("client/chunkfiles"));
        Files.writeString(client.resolve(Marker.NAME), DirectoryUse.CHUNKS.magic + "\n");
        Files.writeString(client.resolve("data-000001"), "the only copy");
        Files.writeString(root.resolve("data-000001"), "the only copy");
        Files.createDirectory(root.resolve("empty"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("job"));
        return new CanaryTree(root);
    }

    Path root() {
        return root;
    }

    void assertUntouched() throws IOException {
        assertEquals(before, look());
    }

    private Map<String, String> look() throws IOException {
        Map<String, String> entries = new TreeMap<>();
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = walk.toList();
        }
        for (Path path : all) {
            Map<String, Object> is =
                    Files.readAttributes(path, "unix:ino,mode,nlink,uid,size,ctime", LinkOption.NOFOLLOW_LINKS);
            String holds = Files.isSymbolicLink(path)
                    ? Files.readSymbolicLink(path).toString()
                    : Files.isRegularFile(path) ? digest(Files.readAllBytes(path)) : "";
            entries.put(root.relativize(path).toString(), new TreeMap<>(is) + " " + holds);
        }
        return entries;
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
