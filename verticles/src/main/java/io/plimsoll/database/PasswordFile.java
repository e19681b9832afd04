package io.plimsoll.database;

import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.PrivateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Passwords in a file of psql's form: lines `HOST:PORT:DATABASE:USER:PASSWORD`, in which `*` stands for anything and a
/// backslash takes `:` and `\` their meaning. The first line that fits counts. Reading blocks.
final class PasswordFile {
    private static final int FIELDS = 5;

    private PasswordFile() {}

    /// The file that psql looks into: that of `PGPASSFILE`, or `~/.pgpass`; empty where there is none.
    static Optional<Path> standard(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("PGPASSFILE"))
                .map(Path::of)
                .or(() -> Optional.ofNullable(environment.get("HOME")).map(home -> Path.of(home, ".pgpass")))
                .filter(Files::exists);
    }

    /// @return empty where no line fits
    /// @throws CredentialsException where it cannot be read, or everybody may read it
    static Optional<String> password(Path file, String host, int port, String database, String user) {
        List<String> wanted = List.of(host, Integer.toString(port), database, user);
        return PrivateFiles.readSecret(file)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(PasswordFile::fields)
                .filter(fields -> fits(fields, wanted))
                .map(List::getLast)
                .findFirst();
    }

    private static boolean fits(List<String> fields, List<String> wanted) {
        if (fields.size() != FIELDS) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!fields.get(i).equals("*") && !fields.get(i).equals(wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == ':') {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c == '\\' && i + 1 < line.length() ? line.charAt(++i) : c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
