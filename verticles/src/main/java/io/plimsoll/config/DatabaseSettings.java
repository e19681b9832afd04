package io.plimsoll.config;

import java.nio.file.Path;
import java.util.Optional;

/// Which database the server writes to.
///
/// @param location a `postgresql://` URI, or a directory; empty: the embedded database where commands look for it too
/// @param owner a `postgresql://` URI of the same database, by which tables are made and changed; empty: the first one
/// @param passwordFile where the URIs' passwords are; empty: where psql looks
/// @param allowUnsafe whether a Postgres that can lose what it has committed will do
public record DatabaseSettings(
        Optional<String> location, Optional<String> owner, Optional<Path> passwordFile, boolean allowUnsafe) {
    public DatabaseSettings {
        Check.present("database", location);
        Check.that(
                location.isEmpty() || !location.get().isBlank(),
                "database",
                "is empty; write a postgresql:// URI or a directory");
        Check.present("databaseOwner", owner);
        Check.present("databasePasswordFile", passwordFile);
    }

    static DatabaseSettings of(Values values) {
        return new DatabaseSettings(
                values.optionalText("database"),
                values.optionalText("databaseOwner"),
                values.optionalText("databasePasswordFile").map(Path::of),
                values.bool("allowUnsafeDatabase"));
    }
}
