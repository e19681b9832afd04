package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// Who logs in to an embedded database. Each has a password file of its own in the directory (mode 0600), of the form
/// that psql reads. Everything here blocks.
enum DatabaseRole {
    /// A superuser, who makes and changes the tables.
    OWNER("plimsoll", "pgpass"),
    /// Writes reports.
    SERVER("plimsoll_server", "pgpass-server"),
    /// Reads.
    READER("plimsoll_reader", "pgpass-reader");

    private static final int PASSWORD_BYTES = 24;
    private static final Pattern PASSWORD = Pattern.compile("[0-9a-f]{" + 2 * PASSWORD_BYTES + "}");

    private final String user;
    private final String fileName;

    DatabaseRole(String user, String fileName) {
        this.user = user;
        this.fileName = fileName;
    }

    static DatabaseRole of(Purpose purpose) {
        return switch (purpose) {
            case SCHEMA -> OWNER;
            case SERVER -> SERVER;
            case QUERIES -> READER;
        };
    }

    String user() {
        return user;
    }

    String fileName() {
        return fileName;
    }

    Path passwordFile(Path directory) {
        return directory.resolve(fileName);
    }

    /// Digits only: it may stand in SQL as it is.
    static String newPassword() {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /// Empty where there is no file, or not one of ours.
    Optional<String> storedPassword(Path directory) {
        try {
            String line = Files.readString(passwordFile(directory)).strip();
            return Optional.of(line.substring(line.lastIndexOf(':') + 1))
                    .filter(password -> PASSWORD.matcher(password).matches());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// @throws DatabaseException where it cannot be read
    String password(Path directory) {
        return storedPassword(directory)
                .orElseThrow(() -> new DatabaseException(
                        Kind.REFUSED,
                        "cannot read the password of the embedded Postgres from " + passwordFile(directory)
                                + "; it was made with the database and belongs to the user who made it"));
    }

    /// Replaces the file as a whole.
    void store(String password, Path directory) throws IOException {
        Path making = directory.resolve(fileName + ".new");
        writePrivately(making, EmbeddedPostgres.HOST + ":*:*:" + user + ":" + password + "\n");
        Files.move(making, passwordFile(directory), StandardCopyOption.ATOMIC_MOVE);
    }

    static void writePrivately(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }
}
