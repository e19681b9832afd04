package io.plimsoll.launcher;

import io.plimsoll.config.Xdg;
import io.plimsoll.model.ClientId;
import io.plimsoll.security.CertificateAuthority;
import io.plimsoll.security.Credentials;
import io.plimsoll.security.Lab;
import io.plimsoll.security.Principal;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the commands of `plimsoll pki` do; each says in a few lines what it made and what comes next.
final class Pki {
    private Pki() {}

    /// Where `pki init` and `pki issue` agree to look where the user names no directory.
    static Optional<Path> usual(Map<String, String> environment) {
        return Xdg.directory(environment, "XDG_CONFIG_HOME", ".config").map(Lab::in);
    }

    static Path directory(Optional<Path> named) {
        return named.or(() -> usual(System.getenv()))
                .orElseThrow(() -> new CommandException(
                        ExitCode.USAGE,
                        "neither HOME nor XDG_CONFIG_HOME says where your configuration is; name a directory"));
    }

    static List<String> init(Path directory) {
        CertificateAuthority authority = CertificateAuthority.create(Instant.now());
        authority.write(directory);
        return List.of(
                "made a certificate authority in " + directory + ", valid until " + until(authority.certificate()),
                "  " + CertificateAuthority.KEY_FILE + " signs certificates: it stays on this machine",
                "  " + CertificateAuthority.CERTIFICATE_FILE + " is no secret, and comes with each certificate",
                "next, for the server and for each client:",
                "  plimsoll pki issue NAME --role server --host NAME,ADDRESS" + authorityFlag(directory),
                "  plimsoll pki issue ID" + authorityFlag(directory));
    }

    static List<String> issue(Path directory, String id, String roleWord, List<String> hosts) {
        Principal.Role role = Principal.Role.of(roleWord)
                .orElseThrow(() -> new CommandException(
                        ExitCode.USAGE,
                        "--role: '" + roleWord + "' is no role; write one of " + Principal.Role.words()));
        Principal principal = new Principal(role, clientId(id));
        Instant now = Instant.now();
        Credentials issued = CertificateAuthority.read(directory, now).issue(principal, hosts, now);
        Path made = directory.resolve(id);
        issued.write(made);
        String reached = hosts.isEmpty() ? "" : ", reached as " + String.join(", ", hosts);
        return List.of(
                "made " + made + " for " + principal + reached + ", valid until " + until(issued.certificate()),
                "next: bring the directory to the machine that it is for: scp -rp " + made + " HOST:");
    }

    private static ClientId clientId(String id) {
        try {
            return new ClientId(id);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, e.getMessage().replaceFirst("^client id", "ID"), e);
        }
    }

    private static String authorityFlag(Path directory) {
        return usual(System.getenv()).filter(directory::equals).isPresent() ? "" : " --authority " + directory;
    }

    private static LocalDate until(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().atZone(ZoneOffset.UTC).toLocalDate();
    }
}
