package io.plimsoll.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.security.CertificateAuthority;
import io.plimsoll.security.Credentials;
import io.plimsoll.security.Principal;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wildfly.security.x500.cert.X509CertificateBuilder;

/// Real handshakes over loopback, in the way of the server: accepted plain, counted, upgraded.
@Timeout(300)
final class TlsIT {
    private static final long HANDSHAKE_MS = 60_000;

    private static final Instant NOW = Instant.now();
    private static final CertificateAuthority LAB = CertificateAuthority.create(NOW);
    private static final Credentials CLIENT = issued(Principal.Role.CLIENT, NOW);

    private final Vertx vertx = Vertx.vertx();
    /// What became of each handshake on the server's side: a principal, or why not.
    private final BlockingQueue<Object> verdicts = new LinkedBlockingQueue<>();

    private NetServer server;

    @BeforeEach
    void listen() throws Exception {
        serve(issued(Principal.Role.SERVER, NOW));
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().await(90, TimeUnit.SECONDS);
    }

    @Test
    void bothSidesKnowEachOtherAndSpeakTls13() throws Exception {
        NetSocket socket = plain("127.0.0.1");
        Principal peer = Tls.connect(socket, Tls.client(CLIENT, HANDSHAKE_MS)).await(90, TimeUnit.SECONDS);
        assertEquals(new Principal(Principal.Role.SERVER, new ClientId("x")), peer);
        assertEquals("TLSv1.3", socket.sslSession().getProtocol());
        Promise<Buffer> echo = Promise.promise();
        socket.handler(echo::complete);
        socket.write("hello").await(90, TimeUnit.SECONDS);
        assertEquals("hello", echo.future().await(90, TimeUnit.SECONDS).toString());
        assertEquals(CLIENT.principal(), verdict());
    }

    @ParameterizedTest
    @EnumSource(value = Principal.Role.class, names = "SERVER", mode = EnumSource.Mode.EXCLUDE)
    void theServerLearnsTheRole(Principal.Role role) throws Exception {
        connect(Tls.client(issued(role, NOW), HANDSHAKE_MS), "localhost");
        assertEquals(new Principal(role, new ClientId("x")), verdict());
    }

    @Test
    void aClientWithoutCertificateIsRefused() throws Exception {
        refused(
                "Empty client certificate chain",
                Tls.client(CLIENT, HANDSHAKE_MS).copy().setKeyCertOptions(null));
    }

    @Test
    void aClientOfAnotherAuthorityIsRefusedAlsoWhereThatHasTheSameName() throws Exception {
        Credentials foreign = CertificateAuthority.create(NOW).issue(CLIENT.principal(), List.of(), NOW);
        refused(
                "Empty client certificate chain",
                Tls.client(new Credentials(foreign.certificate(), foreign.key(), LAB.certificate()), HANDSHAKE_MS));
        X509Certificate forged = new X509CertificateBuilder()
                .setIssuerDn(LAB.certificate().getSubjectX500Principal())
                .setSubjectDn(CLIENT.certificate().getSubjectX500Principal())
                .setSerialNumber(BigInteger.TWO)
                .setPublicKey(foreign.certificate().getPublicKey())
                .setSigningKey(foreign.key())
                .setSignatureAlgorithmName("SHA256withECDSA")
                .setNotValidBefore(NOW.atZone(ZoneOffset.UTC).minusDays(1))
                .setNotValidAfter(NOW.atZone(ZoneOffset.UTC).plusDays(1))
                .build();
        refused("PKIX path", Tls.client(new Credentials(forged, foreign.key(), LAB.certificate()), HANDSHAKE_MS));
    }

    @Test
    void aClientWhoseCertificateHasExpiredIsRefused() throws Exception {
        refused(
                "CertificateExpiredException",
                Tls.client(issued(Principal.Role.CLIENT, NOW.minus(Duration.ofDays(731))), HANDSHAKE_MS));
    }

    @Test
    void aServersCertificateMakesNoClient() throws Exception {
        refused("Extended key usage", Tls.client(issued(Principal.Role.SERVER, NOW), HANDSHAKE_MS));
    }

    @Test
    void tls12IsRefused() throws Exception {
        refused(
                "not accepted by server preferences [TLSv1.3]",
                Tls.client(CLIENT, HANDSHAKE_MS).copy().setEnabledSecureTransportProtocols(Set.of("TLSv1.2")));
    }

    @Test
    void aClientRefusesAServerOfAnotherAuthorityWithAnExpiredCertificateOrOfAnotherRole() throws Exception {
        Principal named = new Principal(Principal.Role.SERVER, new ClientId("x"));
        Map<String, Credentials> impostors = Map.of(
                "unable to find valid certification path",
                CertificateAuthority.create(NOW).issue(named, List.of("127.0.0.1"), NOW),
                "CertificateExpiredException",
                issued(Principal.Role.SERVER, NOW.minus(Duration.ofDays(731))),
                "Extended key usage",
                CLIENT);
        for (Map.Entry<String, Credentials> impostor : impostors.entrySet()) {
            serve(impostor.getValue());
            assertCause(impostor.getKey(), failure("127.0.0.1"));
        }
    }

    @Test
    void aClientRefusesAServerWhoseCertificateNamesAnotherHost() throws Exception {
        serve(LAB.issue(new Principal(Principal.Role.SERVER, new ClientId("x")), List.of("localhost"), NOW));
        assertCause("127.0.0.1", failure("127.0.0.1"));
        connect(Tls.client(CLIENT, HANDSHAKE_MS), "localhost");
    }

    @Test
    void aClientWithCertificatesSaysNothingToAServerThatDoesNotAskForThem() throws Exception {
        BlockingQueue<Buffer> heard = new LinkedBlockingQueue<>();
        server = vertx.createNetServer().connectHandler(socket -> {
            socket.handler(heard::add);
            socket.write("220 mail.example ESMTP ready\r\n");
        });
        server.listen(0, "127.0.0.1").await(90, TimeUnit.SECONDS);
        assertCause("does not answer as one with certificates", failure("127.0.0.1"));
        server = vertx.createNetServer().connectHandler(socket -> socket.handler(heard::add));
        server.listen(0, "127.0.0.1").await(90, TimeUnit.SECONDS);
        Exception silence = assertThrows(Exception.class, () -> connect(Tls.client(CLIENT, 300), "127.0.0.1"));
        assertCause("does not ask for certificates", silence);
        assertEquals(0, heard.size());
    }

    @Test
    void whoSpeaksPlainlyIsRefusedAndToldWhy() throws Exception {
        NetSocket plain = plain("127.0.0.1");
        BlockingQueue<Boolean> invited = new LinkedBlockingQueue<>();
        FrameDecoder decoder = new FrameDecoder();
        plain.handler(bytes -> decoder.feed(bytes, frame -> invited.add(Tls.invites(frame))));
        assertEquals(true, invited.poll(90, TimeUnit.SECONDS));
        plain.write(new Frame(1, 0, Buffer.buffer("{}")).encode()).await(90, TimeUnit.SECONDS);
        assertCause("not an SSL/TLS record", (Throwable) verdict());
    }

    @Test
    void whoIsSilentIsCut() throws Exception {
        serve(LAB.issue(new Principal(Principal.Role.SERVER, new ClientId("x")), List.of("127.0.0.1"), NOW), 300);
        plain("127.0.0.1");
        assertCause("timed out", (Throwable) verdict());
    }

    private void serve(Credentials own) throws Exception {
        serve(own, HANDSHAKE_MS);
    }

    private void serve(Credentials own, long handshakeMs) throws Exception {
        server = vertx.createNetServer();
        server.connectHandler(socket -> Tls.accept(socket, Tls.server(own, handshakeMs))
                .onSuccess(peer -> {
                    socket.handler(socket::write);
                    verdicts.add(peer);
                })
                .onFailure(e -> {
                    verdicts.add(e);
                    socket.close();
                }));
        server.listen(0, "127.0.0.1").await(90, TimeUnit.SECONDS);
    }

    private NetSocket plain(String host) throws Exception {
        return vertx.createNetClient().connect(server.actualPort(), host).await(90, TimeUnit.SECONDS);
    }

    private void connect(ClientSSLOptions options, String host) throws Exception {
        Tls.connect(plain(host), options).await(90, TimeUnit.SECONDS);
    }

    private Throwable failure(String host) {
        return assertThrows(Exception.class, () -> connect(Tls.client(CLIENT, HANDSHAKE_MS), host));
    }

    /// The server says no; the client learns it at once or, as TLS 1.3 has it, when the connection ends.
    private void refused(String why, ClientSSLOptions options) throws Exception {
        NetSocket socket = plain("127.0.0.1");
        Promise<Void> ended = Promise.promise();
        Tls.connect(socket, options)
                .onSuccess(_ -> socket.closeHandler(_ -> ended.tryComplete()))
                .onFailure(_ -> ended.tryComplete());
        assertCause(why, (Throwable) verdict());
        ended.future().await(90, TimeUnit.SECONDS);
    }

    private Object verdict() throws InterruptedException {
        Object verdict = verdicts.poll(90, TimeUnit.SECONDS);
        assertTrue(verdict != null, "the server saw no handshake");
        return verdict;
    }

    private static void assertCause(String words, Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable e = failure; e != null; e = e.getCause()) {
            all.append(e).append('\n');
        }
        assertTrue(all.toString().contains(words), all::toString);
    }

    private static Credentials issued(Principal.Role role, Instant at) {
        List<String> hosts = role == Principal.Role.SERVER ? List.of("localhost", "127.0.0.1") : List.of();
        return LAB.issue(new Principal(role, new ClientId("x")), hosts, at);
    }
}
