package io.plimsoll.security;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/// Certificates and elliptic curve keys as text (RFC 7468), one in a text.
final class Pem {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final int LINE_CHARS = 64;

    private Pem() {}

    static String of(X509Certificate certificate) {
        try {
            return text(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was made or read has its bytes", e);
        }
    }

    /// As PKCS #8, not encrypted.
    static String of(PrivateKey key) {
        return text(PRIVATE_KEY, key.getEncoded());
    }

    /// @param from named in messages
    static X509Certificate certificate(String pem, String from) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate)
                    factory.generateCertificate(new ByteArrayInputStream(bytes(CERTIFICATE, pem, from)));
        } catch (GeneralSecurityException e) {
            throw new CredentialsException(from + " holds no certificate: " + e.getMessage(), e);
        }
    }

    /// @param from named in messages; the text itself never is
    static PrivateKey privateKey(String pem, String from) {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bytes(PRIVATE_KEY, pem, from)));
        } catch (GeneralSecurityException _) {
            throw new CredentialsException(from + " holds no elliptic curve key as PKCS #8");
        }
    }

    private static String text(String label, byte[] bytes) {
        byte[] newline = {'\n'};
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(LINE_CHARS, newline).encodeToString(bytes)
                + "\n-----END " + label + "-----\n";
    }

    private static byte[] bytes(String label, String pem, String from) {
        String begin = "-----BEGIN " + label + "-----\n";
        String end = "\n-----END " + label + "-----";
        String text = pem.replace("\r\n", "\n").strip();
        if (!text.startsWith(begin) || text.indexOf(end) != text.length() - end.length()) {
            throw new CredentialsException(
                    from + " must be one PEM block, beginning with -----BEGIN " + label + "-----");
        }
        try {
            String body = text.substring(begin.length(), text.length() - end.length());
            return Base64.getDecoder().decode(body.replace("\n", "").getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException _) {
            throw new CredentialsException(from + " holds no base64 between its PEM lines");
        }
    }
}
