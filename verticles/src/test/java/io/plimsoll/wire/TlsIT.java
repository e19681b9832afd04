package io.plimsoll.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.security.CertificateAuthority;
import io.plimsoll.security.Credentials;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.Principal;
import io.plimsoll.security.TlsRehearsal;
import io.vertx.core.Future;
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
import java.util.Optional;
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

/// Real handshakes over loopback, in the way of server and client: plain, asked, upgraded. Handlers are set on
/// the connection's context before anything can arrive.
@Timeout(300)
final class TlsIT {
    private static final long HANDSHAKE_MS = 60_000;
    private static final long WAIT_S = 90;
    private static final Instant NOW = Instant.now();
    private static final CertificateAuthority LAB = CertificateAuthority.create(NOW);
    private static final Credentials CLIENT = issued(Principal.Role.CLIENT, NOW);

    private final Vertx vertx = Vertx.vertx();
    /// What became of each connection on the server's side: a principal, or why not.
    private final BlockingQueue<Object> verdicts = new LinkedBlockingQueue<>();

    private NetServer server;

    @BeforeEach
    void listen() throws Exception {
        TlsRehearsal.play();
        serve(issued(Principal.Role.SERVER, NOW), HANDSHAKE_MS);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().await(WAIT_S, TimeUnit.SECONDS);
    }

    @Test
    void bothSidesKnowEachOtherAndSpeakTls13() throws Exception {
        Promise<Buffer> echo = Promise.promise();
        NetSocket socket = open("127.0.0.1")
                .compose(fresh -> Tls.connect(fresh, by(CLIENT)).map(peer -> {
                    assertEquals(Optional.of(new Principal(Principal.Role.SERVER, new ClientId("x"))), peer);
                    fresh.handler(echo::tryComplete);
                    fresh.write("hello");
                    return fresh;
                }))
                .await(WAIT_S, TimeUnit.SECONDS);
        assertEquals("hello", echo.future().await(WAIT_S, TimeUnit.SECONDS).toString());
        assertEquals("TLSv1.3", socket.sslSession().getProtocol());
        assertEquals(CLIENT.principal(), verdict());
    }

    @ParameterizedTest
    @EnumSource(value = Principal.Role.class, names = "SERVER", mode = EnumSource.Mode.EXCLUDE)
    void theServerLearnsTheRole(Principal.Role role) throws Exception {
        connect(by(issued(role, NOW)), "localhost").await(WAIT_S, TimeUnit.SECONDS);
        assertEquals(new Principal(role, new ClientId("x")), verdict());
    }

    @Test
    void aClientWithoutCertificateIsRefusedAndLearnsItBeforeItSaysAnything() throws Exception {
        refused(
                "Empty client certificate chain",
                Tls.client(CLIENT, HANDSHAKE_MS).copy().setKeyCertOptions(null));
    }

    @Test
    void aClientOfAnotherAuthorityIsRefusedAlsoWhereThatHasTheSameName() throws Exception {
        Credentials foreign = CertificateAuthority.create(NOW).issue(CLIENT.principal(), List.of(), NOW);
        refused(
                "Empty client certificate chain",
                options(new Credentials(foreign.certificate(), foreign.key(), LAB.certificate())));
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
        refused("PKIX path", options(new Credentials(forged, foreign.key(), LAB.certificate())));
    }

    @Test
    void aClientWhoseCertificateHasExpiredIsRefused() throws Exception {
        refused("CertificateExpiredException", options(issued(Principal.Role.CLIENT, NOW.minus(Duration.ofDays(731)))));
    }

    @Test
    void aServersCertificateMakesNoClient() throws Exception {
        refused("Extended key usage", options(issued(Principal.Role.SERVER, NOW)));
    }

    @Test
    void tls12IsRefused() throws Exception {
        refused(
                "not accepted by server preferences [TLSv1.3]",
                options(CLIENT).copy().setEnabledSecureTransportProtocols(Set.of("TLSv1.2")));
    }

    @Test
    void aClientRefusesAServerOfAnotherAuthorityWithAnExpiredCertificateOrOfAnotherRole() throws Exception {
        Principal named = new Principal(Principal.Role.SERVER, new ClientId("x"));
        Map<String, Credentials> impostors = Map.of(
                "unable to find valid certification path",
                CertificateAuthority.create(NOW).issue(named, List.of("127.0.0.1"), NOW),
                "NotAfter",
                issued(Principal.Role.SERVER, NOW.minus(Duration.ofDays(731))),
                "Extended key usage",
                CLIENT);
        for (Map.Entry<String, Credentials> impostor : impostors.entrySet()) {
            serve(impostor.getValue(), HANDSHAKE_MS);
            distrusted(impostor.getKey(), connect(by(CLIENT), "127.0.0.1"));
        }
    }

    @Test
    void aClientRefusesAServerWhoseCertificateNamesAnotherHost() throws Exception {
        serve(
                LAB.issue(new Principal(Principal.Role.SERVER, new ClientId("x")), List.of("localhost"), NOW),
                HANDSHAKE_MS);
        distrusted("127.0.0.1", connect(by(CLIENT), "127.0.0.1"));
        connect(by(CLIENT), "localhost").await(WAIT_S, TimeUnit.SECONDS);
    }

    @Test
    void aClientThatMustHaveCertificatesSaysNothingButItsQuestionToAServerThatHasNone() throws Exception {
        BlockingQueue<Buffer> heard = answering(Tls.plainly());
        distrusted("has no certificates", connect(by(CLIENT), "127.0.0.1"));
        assertEquals(1, heard.size());
        Approach either = new Approach(Optional.of(options(CLIENT)), true);
        assertEquals(Optional.empty(), connect(either, "127.0.0.1").await(WAIT_S, TimeUnit.SECONDS));
    }

    @Test
    void whatComesBehindAnAnswerIsNotTakenForTheServersWord() throws Exception {
        Buffer consent = new Frame(7, 0, Buffer.buffer()).encode();
        answering(consent.copy().appendBuffer(MessageCodec.encode(new Message.Ack(5))));
        assertCause("more than one frame", failure(connect(by(CLIENT), "127.0.0.1")));
        answering(MessageCodec.encode(new Message.Ack(5)));
        assertCause("unknown type 4", failure(connect(by(CLIENT), "127.0.0.1")));
        answering(Buffer.buffer("220 mail.example ESMTP ready\r\n"));
        assertCause("not the Plimsoll protocol", failure(connect(by(CLIENT), "127.0.0.1")));
    }

    @Test
    void whoAnswersNothingIsGivenUp() throws Exception {
        answering(Buffer.buffer());
        Approach hasty = new Approach(Optional.of(Tls.client(CLIENT, 300)), false);
        assertCause("says nothing", failure(connect(hasty, "127.0.0.1")));
    }

    @Test
    void whoSpeaksPlainlyIsToldWhatItLacks() throws Exception {
        FrameDecoder decoder = new FrameDecoder();
        Promise<Message> answer = Promise.promise();
        open("127.0.0.1").onSuccess(plain -> {
            plain.handler(bytes -> decoder.feed(bytes, frame -> answer.tryComplete(MessageCodec.decode(frame))));
            plain.write(MessageCodec.encode(Samples.hello("plain")));
        });
        Message.Refused refused =
                assertInstanceOf(Message.Refused.class, answer.future().await(WAIT_S, TimeUnit.SECONDS));
        assertTrue(refused.reason().contains("demands certificates"), refused::reason);
        assertCause("asked for no TLS", (Throwable) verdict());
    }

    @Test
    void whoDoesNotAskOrDoesNotWaitIsRefused() throws Exception {
        Buffer question = new Frame(7, 0, Buffer.buffer()).encode();
        Buffer clientHello = Buffer.buffer(new byte[] {0x16, 3, 1, 2, 0, 1, 0});
        Map<String, Buffer> openings = Map.of(
                "looks like TLS: at once",
                clientHello,
                "looks like HTTP",
                Buffer.buffer("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
                "looks like TLS: behind the question",
                question.copy().appendBuffer(clientHello),
                "more than one frame",
                question.copy().appendBuffer(question));
        for (Map.Entry<String, Buffer> opening : openings.entrySet()) {
            open("127.0.0.1").onSuccess(socket -> socket.write(opening.getValue()));
            assertCause(opening.getKey().replaceFirst(":.*", ""), (Throwable) verdict());
        }
    }

    @Test
    void whoIsSilentIsCut() throws Exception {
        serve(LAB.issue(new Principal(Principal.Role.SERVER, new ClientId("x")), List.of("127.0.0.1"), NOW), 300);
        open("127.0.0.1");
        assertCause("says nothing", (Throwable) verdict());
        open("127.0.0.1").onSuccess(socket -> socket.write(new Frame(7, 0, Buffer.buffer()).encode()));
        assertCause("timed out", (Throwable) verdict());
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
        server.listen(0, "127.0.0.1").await(WAIT_S, TimeUnit.SECONDS);
    }

    /// A server that says this to whoever says something.
    ///
    /// @return what it heard
    private BlockingQueue<Buffer> answering(Buffer answer) throws Exception {
        BlockingQueue<Buffer> heard = new LinkedBlockingQueue<>();
        server = vertx.createNetServer()
                .connectHandler(socket -> socket.handler(bytes -> {
                    heard.add(bytes);
                    socket.write(answer.copy());
                }));
        server.listen(0, "127.0.0.1").await(WAIT_S, TimeUnit.SECONDS);
        return heard;
    }

    /// What is composed with it runs on the connection's context before anything can arrive.
    private Future<NetSocket> open(String host) {
        return vertx.createNetClient().connect(server.actualPort(), host);
    }

    private Future<Optional<Principal>> connect(Approach by, String host) {
        return open(host).compose(socket -> Tls.connect(socket, by));
    }

    /// The server says no, and the client knows it when it is through.
    private void refused(String why, ClientSSLOptions options) throws Exception {
        Throwable failure = failure(connect(new Approach(Optional.of(options), false), "127.0.0.1"));
        assertInstanceOf(CredentialsException.class, failure);
        assertCause(why, (Throwable) verdict());
    }

    private static void distrusted(String why, Future<?> connecting) {
        Throwable failure = failure(connecting);
        assertInstanceOf(CredentialsException.class, failure);
        assertTrue(failure.getMessage().contains(why), failure::getMessage);
    }

    private static Throwable failure(Future<?> connecting) {
        return assertThrows(Exception.class, () -> connecting.await(WAIT_S, TimeUnit.SECONDS));
    }

    private Object verdict() throws InterruptedException {
        Object verdict = verdicts.poll(WAIT_S, TimeUnit.SECONDS);
        assertTrue(verdict != null, "the server saw no connection");
        return verdict;
    }

    private static void assertCause(String words, Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable e = failure; e != null; e = e.getCause()) {
            all.append(e).append('\n');
        }
        assertTrue(all.toString().contains(words), all::toString);
    }

    private static Approach by(Credentials own) {
        return new Approach(Optional.of(options(own)), false);
    }

    private static ClientSSLOptions options(Credentials own) {
        return Tls.client(own, HANDSHAKE_MS);
    }

    private static Credentials issued(Principal.Role role, Instant at) {
        List<String> hosts = role == Principal.Role.SERVER ? List.of("localhost", "127.0.0.1") : List.of();
        return LAB.issue(new Principal(role, new ClientId("x")), hosts, at);
    }
}
