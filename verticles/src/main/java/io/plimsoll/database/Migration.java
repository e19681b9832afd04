package io.plimsoll.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A file `sql/V<n>__<name>.sql`, packed into the jar from the project's top level.
///
/// @param checksum SHA-256 of its text, hex
record Migration(int version, String name, String sql, String checksum) {
    private static final String FOLDER = "sql";
    /// Rights, not tables: no migration, because it may be run at any time.
    static final String ROLES = "roles.sql";

    private static final Pattern NAME = Pattern.compile("V([1-9][0-9]{0,5})__[A-Za-z0-9_]+\\.sql");

    static Migration of(String name, String text) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalStateException("sql/" + name + " is not named V<number>__<name>.sql");
        }
        // A checkout that rewrites line ends must not look like an altered file.
        String sql = text.replace("\r\n", "\n");
        return new Migration(Integer.parseInt(matcher.group(1)), name, sql, sha256(sql));
    }

    /// All of them, by version, which count 1, 2, 3 … without a gap. Reads the jar: blocks.
    static List<Migration> onClassPath() {
        try {
            List<Migration> all = new ArrayList<>();
            for (String name : names()) {
                if (name.equals(ROLES)) {
                    continue;
                }
                try (InputStream in = Migration.class.getResourceAsStream("/" + FOLDER + "/" + name)) {
                    all.add(of(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
                }
            }
            return inOrder(all);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the SQL files of this program", e);
        }
    }

    static List<Migration> inOrder(List<Migration> all) {
        List<Migration> sorted =
                all.stream().sorted(Comparator.comparingInt(Migration::version)).toList();
        for (int i = 0; i < sorted.size(); i++) {
            if (sorted.get(i).version() != i + 1) {
                throw new IllegalStateException("sql/ has no single V" + (i + 1) + "__….sql, but "
                        + sorted.get(i).name());
            }
        }
        return sorted;
    }

    private static List<String> names() throws IOException {
        URL folder = Migration.class.getResource("/" + FOLDER);
        if (folder == null) {
            throw new IOException("no folder " + FOLDER + " on the class path");
        }
        URLConnection connection = folder.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return jar.getJarFile().stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches(FOLDER + "/[^/]+\\.sql"))
                    .map(name -> name.substring(FOLDER.length() + 1))
                    .toList();
        }
        try (Stream<Path> files = Files.list(Path.of(URI.create(folder.toString())))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .toList();
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
