package io.plimsoll.config;

import java.util.Optional;

/// Which database the server writes to.
///
/// @param location a `postgresql://` URI (it may hold a password: do not log it), or a directory; empty: the embedded
/// database where commands look for it too
/// @param allowUnsafe whether a Postgres that can lose what it has committed will do
public record DatabaseSettings(Optional<String> location, boolean allowUnsafe) {
    public DatabaseSettings {
        Check.present("database", location);
        Check.that(
                location.isEmpty() || !location.get().isBlank(),
                "database",
                "is empty; write a postgresql:// URI or a directory");
    }

    static DatabaseSettings of(Values values) {
        return new DatabaseSettings(values.optionalText("database"), values.bool("allowUnsafeDatabase"));
    }
}
