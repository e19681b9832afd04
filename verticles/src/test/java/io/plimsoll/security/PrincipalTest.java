package io.plimsoll.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.plimsoll.model.ClientId;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.ZonedDateTime;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wildfly.security.x500.cert.X509CertificateBuilder;

/// Certificates of an authority that is not ours may name anybody in any way.
final class PrincipalTest {
    @Test
    void aCertificateWithMoreThanWeNeedNamesItsPrincipal() throws Exception {
        assertEquals(
                new Principal(Principal.Role.OPERATOR, new ClientId("ops-1")),
                Principal.of(named("OU=operator,O=Lab,C=CH,CN=ops-1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CN=a",
                "OU=client",
                "CN=a,OU=admin",
                "CN=a,OU=CLIENT",
                "CN=a,CN=b,OU=client",
                "CN=a,OU=client,OU=operator",
                "CN=a+OU=client",
                "CN=a+O=x,OU=client",
                "CN=a/b,OU=client",
                "CN=\"a,OU=operator\",OU=client",
                "CN=#0403616263,OU=client",
                "O=x"
            })
    void aCertificateThatCouldMeanTwoThingsOrNothingIsRefused(String name) throws Exception {
        X509Certificate certificate = named(name);
        assertThrows(CredentialsException.class, () -> Principal.of(certificate));
    }

    private static X509Certificate named(String name) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
        return new X509CertificateBuilder()
                .setIssuerDn(new X500Principal("CN=x"))
                .setSubjectDn(new X500Principal(name))
                .setSerialNumber(BigInteger.ONE)
                .setPublicKey(pair.getPublic())
                .setSigningKey(pair.getPrivate())
                .setSignatureAlgorithmName("SHA256withECDSA")
                .setNotValidBefore(ZonedDateTime.now())
                .setNotValidAfter(ZonedDateTime.now().plusDays(1))
                .build();
    }
}
