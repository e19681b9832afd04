package io.plimsoll.security;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.wildfly.security.x500.GeneralName;
import org.wildfly.security.x500.cert.AuthorityKeyIdentifierExtension;
import org.wildfly.security.x500.cert.BasicConstraintsExtension;
import org.wildfly.security.x500.cert.ExtendedKeyUsageExtension;
import org.wildfly.security.x500.cert.KeyUsage;
import org.wildfly.security.x500.cert.KeyUsageExtension;
import org.wildfly.security.x500.cert.SubjectAlternativeNamesExtension;
import org.wildfly.security.x500.cert.SubjectKeyIdentifierExtension;
import org.wildfly.security.x500.cert.X509CertificateBuilder;
import org.wildfly.security.x500.cert.util.KeyUtil;

/// The certificate authority of one lab: one key (EC P-256) that signs the certificates of its servers, clients and
/// people directly, and nothing else.
public final class CertificateAuthority {
    public static final String CERTIFICATE_FILE = "ca.pem";
    public static final String KEY_FILE = "ca.key.pem";

    private static final Duration OWN_VALIDITY = Duration.ofDays(3650);
    private static final Duration ISSUED_VALIDITY = Duration.ofDays(730);
    /// Clocks of a lab differ: a certificate counts from a little before it was made.
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
    /// RFC 5280 allows 20 bytes; these never begin with a sign bit.
    private static final int SERIAL_BITS = 127;

    private static final Pattern HOST_NAME = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
            + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

    private final X509Certificate certificate;
    private final PrivateKey key;

    private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    public static CertificateAuthority create(Instant now) {
        KeyPair pair = newKeyPair();
        byte[] mark = new byte[4];
        new SecureRandom().nextBytes(mark);
        // with a mark, because two authorities of one name would be told apart by their signatures only
        X500Principal name =
                new X500Principal("CN=Plimsoll CA " + HexFormat.of().formatHex(mark) + ",O=Plimsoll");
        X509CertificateBuilder builder = builder(name, name, pair.getPublic(), pair.getPrivate())
                .addExtension(new BasicConstraintsExtension(true, true, 0))
                .addExtension(new KeyUsageExtension(true, KeyUsage.keyCertSign));
        return new CertificateAuthority(signed(builder, now, OWN_VALIDITY), pair.getPrivate());
    }

    /// @throws CredentialsException when there is none, or it cannot sign what others would believe
    public static CertificateAuthority read(Path directory, Instant now) {
        Path certificateFile = directory.resolve(CERTIFICATE_FILE);
        Path keyFile = directory.resolve(KEY_FILE);
        if (!Files.exists(keyFile)) {
            throw new CredentialsException(
                    "no certificate authority in " + directory + "; make it with: plimsoll pki init " + directory);
        }
        X509Certificate certificate =
                Pem.certificate(PrivateFiles.readPublic(certificateFile), certificateFile.toString());
        PrivateKey key = Pem.privateKey(PrivateFiles.readSecret(keyFile), keyFile.toString());
        Credentials.checkValid(certificate, certificateFile, now);
        if (!Credentials.belongTogether(key, certificate)) {
            throw new CredentialsException(keyFile + " is not the key of " + certificateFile);
        }
        if (certificate.getBasicConstraints() < 0) {
            throw new CredentialsException(certificateFile + " is not the certificate of an authority");
        }
        return new CertificateAuthority(certificate, key);
    }

    /// @throws CredentialsException also when there is an authority in the directory already
    public void write(Path directory) {
        try {
            PrivateFiles.makeDirectories(directory);
            // the key first: where it is there, nothing is changed
            PrivateFiles.write(directory.resolve(KEY_FILE), Pem.of(key));
            PrivateFiles.write(directory.resolve(CERTIFICATE_FILE), Pem.of(certificate));
        } catch (FileAlreadyExistsException e) {
            throw new CredentialsException(
                    "there is a certificate authority in " + directory + " already (" + e.getMessage()
                            + "); what it issued would be worthless with another one. Name another directory",
                    e);
        } catch (IOException e) {
            throw new CredentialsException("cannot write the certificate authority to " + directory + ": " + e, e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /// A new key and its certificate.
    ///
    /// @param hosts names and addresses under which a server is reached: at least one for a server, none for others
    public Credentials issue(Principal principal, List<String> hosts, Instant now) {
        return issue(principal, hosts, now, ISSUED_VALIDITY);
    }

    Credentials issue(Principal principal, List<String> hosts, Instant now, Duration validity) {
        boolean server = principal.role() == Principal.Role.SERVER;
        if (server == hosts.isEmpty()) {
            throw new CredentialsException(
                    server
                            ? "a server's certificate names the host that clients connect to; say --host NAME,ADDRESS"
                            : "only a server's certificate names hosts; leave out --host, or say --role server");
        }
        KeyPair pair = newKeyPair();
        X500Principal subject = new X500Principal(
                "CN=" + principal.id() + ",OU=" + principal.role().word());
        X509CertificateBuilder builder = builder(certificate.getSubjectX500Principal(), subject, pair.getPublic(), key)
                .addExtension(new KeyUsageExtension(true, KeyUsage.digitalSignature))
                .addExtension(new ExtendedKeyUsageExtension(
                        false, List.of(server ? SERVER_AUTHENTICATION : CLIENT_AUTHENTICATION)))
                .addExtension(new AuthorityKeyIdentifierExtension(
                        KeyUtil.getKeyIdentifier(certificate.getPublicKey()), null, null));
        if (server) {
            builder.addExtension(new SubjectAlternativeNamesExtension(
                    false, hosts.stream().map(CertificateAuthority::name).toList()));
        }
        return new Credentials(signed(builder, now, validity), pair.getPrivate(), certificate);
    }

    private static X509CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, PublicKey key, PrivateKey signing) {
        return new X509CertificateBuilder()
                .setIssuerDn(issuer)
                .setSubjectDn(subject)
                .setPublicKey(key)
                .setSigningKey(signing)
                .setSignatureAlgorithmName(Credentials.SIGNATURE)
                .setSerialNumber(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(0))
                .addExtension(new SubjectKeyIdentifierExtension(KeyUtil.getKeyIdentifier(key)));
    }

    private static X509Certificate signed(X509CertificateBuilder builder, Instant now, Duration validity) {
        ZonedDateTime from = now.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
        try {
            return builder.setNotValidBefore(from.minus(CLOCK_TOLERANCE))
                    .setNotValidAfter(from.plus(validity))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot sign a certificate", e);
        }
    }

    /// Whether a certificate can name the host.
    static boolean names(String host) {
        try {
            name(host);
            return true;
        } catch (CredentialsException _) {
            return false;
        }
    }

    private static GeneralName name(String host) {
        try {
            // IPv4 and IPv6 literals only: nothing is looked up
            return new GeneralName.IPAddress(InetAddress.ofLiteral(host).getAddress());
        } catch (IllegalArgumentException _) {
            if (!HOST_NAME.matcher(host).matches() || host.matches("[0-9.]+")) {
                throw new CredentialsException("'" + host + "' is not a host name or address");
            }
            return new GeneralName.DNSName(host);
        }
    }

    private static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM knows no P-256", e);
        }
    }
}
