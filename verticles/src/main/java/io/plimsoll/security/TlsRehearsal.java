package io.plimsoll.security;

import io.plimsoll.model.ClientId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/// One handshake in memory, between parties made up for it. The first one of a JVM loads a thousand classes,
/// which takes longer than an event loop may be blocked and a peer waits.
public final class TlsRehearsal {
    private static final int TURNS_MAX = 100;
    private static final char[] NO_PASSWORD = {};

    private TlsRehearsal() {}

    /// Blocks.
    public static void play() {
        Instant now = Instant.now();
        CertificateAuthority authority = CertificateAuthority.create(now);
        ClientId id = new ClientId("rehearsal");
        Credentials server = authority.issue(new Principal(Principal.Role.SERVER, id), List.of("localhost"), now);
        Credentials client = authority.issue(new Principal(Principal.Role.CLIENT, id), List.of(), now);
        try {
            play(engine(server, false), engine(client, true));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JVM cannot speak TLS 1.3 with itself", e);
        }
    }

    private static void play(SSLEngine server, SSLEngine client) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(2 * server.getSession().getPacketBufferSize());
        ByteBuffer toClient = ByteBuffer.allocate(2 * server.getSession().getPacketBufferSize());
        client.beginHandshake();
        server.beginHandshake();
        for (int turn = 0; shaking(client) || shaking(server); turn++) {
            if (turn > TURNS_MAX) {
                throw new SSLException("no end of a handshake");
            }
            turn(client, toClient, toServer);
            turn(server, toServer, toClient);
        }
    }

    private static void turn(SSLEngine engine, ByteBuffer from, ByteBuffer to) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            engine.wrap(ByteBuffer.allocate(0), to);
        } else if (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            from.flip();
            engine.unwrap(from, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
            from.compact();
        }
    }

    private static boolean shaking(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private static SSLEngine engine(Credentials own, boolean client) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.key(), NO_PASSWORD, new Certificate[] {own.certificate()});
        store.setCertificateEntry("authority", own.authority());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setNeedClientAuth(!client);
        return engine;
    }
}
