package io.plimsoll.security;

import io.plimsoll.model.ClientId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the programs of one user on one host give themselves, by an authority that all of them can read: keys and
/// certificates that are never on disk. Whoever can read that authority could be each of them anyway.
public final class Lab {
    private static final ClientId SERVER = new ClientId("server");

    private Lab() {}

    /// Where a user's authority is; `plimsoll pki` looks there too.
    ///
    /// @param configuration the user's directory for configuration
    public static Path in(Path configuration) {
        return configuration.resolve("plimsoll").resolve("pki");
    }

    /// Makes the authority where there is none. Blocks.
    ///
    /// @param hosts names and addresses under which the server is reached; what a certificate cannot name (some
    /// hosts have an underscore) is left out
    public static Credentials server(Path directory, List<String> hosts, Instant now) {
        List<String> named = hosts.stream().filter(CertificateAuthority::names).toList();
        return authority(directory, now).issue(new Principal(Principal.Role.SERVER, SERVER), named, now);
    }

    /// Blocks.
    ///
    /// @return empty where there is no authority that we may read
    public static Optional<Credentials> client(Path directory, ClientId id, Instant now) {
        boolean there = Files.exists(directory.resolve(CertificateAuthority.CERTIFICATE_FILE))
                && Files.isReadable(directory.resolve(CertificateAuthority.KEY_FILE));
        return there
                ? Optional.of(CertificateAuthority.read(directory, now)
                        .issue(new Principal(Principal.Role.CLIENT, id), List.of(), now))
                : Optional.empty();
    }

    /// Of two servers that start at once, one makes it.
    private static synchronized CertificateAuthority authority(Path directory, Instant now) {
        if (!Files.exists(directory.resolve(CertificateAuthority.CERTIFICATE_FILE))) {
            try {
                PrivateFiles.makeDirectories(directory);
                try (FileChannel channel = PrivateFiles.open(directory.resolve(".lock"));
                        FileLock _ = channel.lock()) {
                    if (!Files.exists(directory.resolve(CertificateAuthority.KEY_FILE))) {
                        CertificateAuthority.create(now).write(directory);
                    }
                }
            } catch (IOException e) {
                throw new CredentialsException(
                        "cannot make a certificate authority in " + directory + ": " + e
                                + "; security.credentials names certificates, --insecure goes without",
                        e);
            }
        }
        return CertificateAuthority.read(directory, now);
    }
}
