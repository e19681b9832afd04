package io.plimsoll.security;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.Require;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/// Who a peer has proved to be: in a certificate the common name is the id, the organizational unit the role.
public record Principal(Role role, ClientId id) {
    /// What a peer may do.
    public enum Role {
        /// Delivers reports under its own id.
        CLIENT,
        /// Stops clients and sees their status.
        OPERATOR,
        /// Sees their status.
        VIEWER,
        /// Takes reports; what clients connect to.
        SERVER;

        /// As it stands in certificates and on the command line.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// @return empty where the word names no role
        public static Optional<Role> of(String word) {
            return Arrays.stream(values())
                    .filter(role -> role.word().equals(word))
                    .findFirst();
        }

        /// All of them, for a person to choose from.
        public static String words() {
            return Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", "));
        }
    }

    public Principal {
        Require.present("role", role);
        Require.present("id", id);
    }

    /// Whom a certificate names. That it is genuine is the handshake's business, and must be known before.
    ///
    /// @throws CredentialsException when it has not exactly one common name and one organizational unit, or when
    /// these are no id and no role
    public static Principal of(X509Certificate certificate) {
        X500Principal subject = certificate.getSubjectX500Principal();
        try {
            List<Rdn> parts = new LdapName(subject.getName(X500Principal.RFC2253)).getRdns();
            String word = only(parts, "OU");
            Role role = Role.of(word).orElseThrow(() -> new IllegalArgumentException("unknown role '" + word + "'"));
            return new Principal(role, new ClientId(only(parts, "CN")));
        } catch (InvalidNameException | IllegalArgumentException e) {
            String problem = "certificate of '" + subject + "' names nobody known here: " + e.getMessage();
            throw new CredentialsException(problem + "; plimsoll pki issue makes such that do", e);
        }
    }

    /// Two names in one certificate could be two principals to two readers.
    private static String only(List<Rdn> parts, String type) {
        List<Rdn> found = parts.stream()
                .filter(part -> part.getType().equalsIgnoreCase(type))
                .toList();
        boolean plain = found.size() == 1 && parts.stream().allMatch(part -> part.size() == 1);
        if (plain && found.getFirst().getValue() instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("it must have exactly one " + type);
    }

    @Override
    public String toString() {
        return role.word() + " " + id;
    }
}
