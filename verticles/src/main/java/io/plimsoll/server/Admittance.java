package io.plimsoll.server;

import io.plimsoll.config.ListenSettings;
import io.plimsoll.config.SecuritySettings;
import io.plimsoll.config.Xdg;
import io.plimsoll.model.Authentication;
import io.plimsoll.security.Credentials;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.HeartbeatKeys;
import io.plimsoll.security.Lab;
import io.plimsoll.security.Principal;
import io.plimsoll.security.TlsRehearsal;
import io.plimsoll.wire.Interfaces;
import io.plimsoll.wire.Tls;
import io.vertx.core.net.ServerSSLOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a server knows who comes to it.
///
/// @param tls empty: everybody who comes is believed
/// @param heartbeatKey given to each client that is let in, and known to nobody else; empty: keys are in a file, or
/// there
/// are none
record Admittance(Optional<ServerSSLOptions> tls, Authentication by, Optional<HeartbeatKeys.Key> heartbeatKey) {
    static final Admittance LOOPBACK = new Admittance(Optional.empty(), Authentication.LOOPBACK, Optional.empty());

    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.server");

    /// Blocks.
    ///
    /// @param giveKey whether a server with certificates gives its clients a key for their heartbeats
    /// @param handshakeMsMax for each step of it
    static Admittance of(
            ListenSettings tcp,
            boolean giveKey,
            String hostName,
            long handshakeMsMax,
            Map<String, String> environment) {
        SecuritySettings security = tcp.security();
        if (tcp.loopback() && (security.plainOnLoopback() || security.mode() == SecuritySettings.Mode.INSECURE)) {
            return LOOPBACK;
        }
        if (security.mode() == SecuritySettings.Mode.INSECURE) {
            LOG.atWarn()
                    .addKeyValue("anybody", "who reaches " + tcp.host() + ":" + tcp.port())
                    .addKeyValue("may", "deliver reports as any client, and keep it alive or end it")
                    .log("INSECURE");
            return new Admittance(Optional.empty(), Authentication.INSECURE, Optional.empty());
        }
        Credentials own =
                security.credentials().map(Admittance::named).orElseGet(() -> ofThisHost(hostName, environment));
        TlsRehearsal.play();
        // in memory only, and a new one each time
        Optional<HeartbeatKeys.Key> key =
                giveKey ? Optional.of(HeartbeatKeys.Key.random("plimsoll")) : Optional.empty();
        return new Admittance(Optional.of(Tls.server(own, handshakeMsMax)), Authentication.CERTIFICATE, key);
    }

    /// What heartbeats must be signed by, as far as it was given.
    HeartbeatKeys heartbeatKeys() {
        return heartbeatKey.map(key -> new HeartbeatKeys(List.of(key))).orElse(HeartbeatKeys.NONE);
    }

    private static Credentials named(Path directory) {
        Credentials read = Credentials.read(directory, Instant.now());
        if (read.principal().role() != Principal.Role.SERVER) {
            throw new CredentialsException("the certificate in " + directory + " is that of " + read.principal()
                    + "; plimsoll pki issue NAME --role server --host NAME,ADDRESS makes one for a server");
        }
        return read;
    }

    private static Credentials ofThisHost(String hostName, Map<String, String> environment) {
        Path authority = Xdg.directory(environment, "XDG_CONFIG_HOME", ".config")
                .map(Lab::in)
                .orElseThrow(() -> new CredentialsException("neither HOME nor XDG_CONFIG_HOME says where the"
                        + " certificate authority is; --credentials names certificates, --insecure goes without"));
        List<String> hosts = Interfaces.ownNames(hostName);
        Credentials own = Lab.server(authority, hosts, Instant.now());
        LOG.atInfo()
                .addKeyValue("authority", authority)
                .addKeyValue("elsewhere", "plimsoll pki issue ID, bring it to its machine, --credentials DIR")
                .log("certificates");
        return own;
    }
}
