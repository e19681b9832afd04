package io.plimsoll.config;

import io.plimsoll.model.ClientId;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// How server and clients know each other.
///
/// @param credentials a directory of `plimsoll pki issue`; empty: certificates of the user's own authority on
/// this host. Nobody looks at it where the mode is insecure
public record SecuritySettings(Mode mode, Optional<Path> credentials) {
    public enum Mode {
        /// Certificates, but where everything stays on this host.
        AUTO,
        /// Certificates on this host too.
        CERTIFICATES,
        /// Everybody is believed.
        INSECURE
    }

    public SecuritySettings {
        Check.present("security.mode", mode);
        Check.present("security.credentials", credentials);
    }

    /// Whether there may be connections without certificates where both ends are on this host.
    public boolean plainOnLoopback() {
        return mode == Mode.AUTO && credentials.isEmpty();
    }

    /// The client for whom `plimsoll pki issue` made the credentials, by the name that it gave the directory.
    Optional<ClientId> issuedFor() {
        try {
            return credentials.map(Path::getFileName).map(Path::toString).map(ClientId::new);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    static SecuritySettings of(Values values) {
        return new SecuritySettings(
                Mode.valueOf(values.text("security.mode").toUpperCase(Locale.ROOT)),
                values.optionalText("security.credentials").map(Path::of));
    }
}
