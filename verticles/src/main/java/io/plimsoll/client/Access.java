package io.plimsoll.client;

import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.UplinkSettings;
import io.plimsoll.config.Xdg;
import io.plimsoll.model.ClientId;
import io.plimsoll.security.Credentials;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.Lab;
import io.plimsoll.security.Principal;
import io.plimsoll.security.TlsRehearsal;
import io.plimsoll.wire.Approach;
import io.plimsoll.wire.Tls;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// By what a client proves to its server who it is.
final class Access {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.uplink");

    /// Longer than a server waits, so that a slow one is told from one that refuses.
    private static final long HANDSHAKE_MS_MAX = 10_000;

    private Access() {}

    /// Blocks.
    ///
    /// @throws CredentialsException when there are none, and there must be
    static Approach of(UplinkSettings server, ClientId id, Map<String, String> environment) {
        SecuritySettings security = server.security();
        if (security.mode() == SecuritySettings.Mode.INSECURE) {
            if (!server.loopback()) {
                LOG.atWarn()
                        .addKeyValue("server", server.server() + ":" + server.port())
                        .addKeyValue("mayBe", "anybody: it has to prove nothing")
                        .log("INSECURE");
            }
            return Approach.PLAIN;
        }
        Instant now = Instant.now();
        Optional<Credentials> own = security.credentials()
                .map(directory -> named(directory, id, now))
                .or(() -> Xdg.directory(environment, "XDG_CONFIG_HOME", ".config")
                        .map(Lab::in)
                        .flatMap(directory -> Lab.client(directory, id, now)));
        boolean orPlainly = security.plainOnLoopback() && server.loopback();
        if (own.isEmpty() && !orPlainly) {
            throw new CredentialsException("there are no certificates for client " + id + ": plimsoll pki issue " + id
                    + " makes them on the server's machine, --credentials names them here; --insecure goes without");
        }
        own.ifPresent(_ -> TlsRehearsal.play());
        return new Approach(own.map(credentials -> Tls.client(credentials, HANDSHAKE_MS_MAX)), orPlainly);
    }

    private static Credentials named(Path directory, ClientId id, Instant now) {
        Credentials read = Credentials.read(directory, now);
        Principal whose = read.principal();
        if (!whose.equals(new Principal(Principal.Role.CLIENT, id))) {
            throw new CredentialsException("the certificate in " + directory + " is that of " + whose
                    + ", and this is client " + id
                    + (whose.role() == Principal.Role.CLIENT ? "; say -id " + whose.id() : ""));
        }
        return read;
    }
}
