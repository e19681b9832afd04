package io.plimsoll.wire;

import io.plimsoll.security.Credentials;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.Principal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// TLS 1.3 with certificates on both sides, all by one authority.
///
/// A connection begins plainly: a client that has certificates asks for TLS with its first frame, and begins the
/// handshake when the server has agreed, or goes on without where the server has no certificates and it may. So a
/// server can count a connection before it costs a handshake, no byte of a handshake arrives before the server is
/// ready to read it as one (Vert.x 5.0 would lose it), and each side can be told what it lacks. In TLS 1.3 a
/// client is through before the server has looked at its certificate: the server's first frame under TLS says
/// that it believes the client, and nothing is sent before. Who forges an answer gains nothing: a client that
/// must have certificates says nothing without them.
public final class Tls {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");
    /// From a client the question, from a server its consent, and, under TLS, that it believes the client.
    private static final int START_TYPE = 7;
    private static final int PLAINLY_TYPE = 8;

    private static final String NO_CERTIFICATES =
            "the server has no certificates, and could be anybody; --insecure goes on all the same";

    /// A hello of a client that has no certificates is read whole, so that its sender reads the answer.
    private static final int FIRST_BYTES_MAX = 64 * 1024;

    private Tls() {}

    /// @param handshakeMsMax for the client's question, and again for its handshake
    public static ServerSSLOptions server(Credentials own, long handshakeMsMax) {
        return new ServerSSLOptions()
                .setKeyCertOptions(key(own))
                .setTrustOptions(trust(own))
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(handshakeMsMax)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    /// @param handshakeMsMax for the server's answer, and again for the handshake
    public static ClientSSLOptions client(Credentials own, long handshakeMsMax) {
        return new ClientSSLOptions()
                .setKeyCertOptions(key(own))
                .setTrustOptions(trust(own))
                .setHostnameVerificationAlgorithm("HTTPS")
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(handshakeMsMax)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    /// The server's part, at once when a connection is there; on its context. It has the socket's handlers until
    /// it is done. A client that speaks plainly is told that it may not.
    ///
    /// @return who the client has proved to be; where it fails, the caller closes the socket
    public static Future<Principal> accept(NetSocket socket, ServerSSLOptions options) {
        FirstFrame first = new FirstFrame(socket, FIRST_BYTES_MAX, options.getSslHandshakeTimeout());
        return first.read()
                .compose(frame -> frame.type() == START_TYPE
                        ? socket.upgradeToSsl(options, frame(START_TYPE))
                        : refusePlain(socket))
                .compose(_ -> first.nothingElse())
                .map(_ -> {
                    Principal who = peer(socket);
                    socket.write(frame(START_TYPE));
                    return who;
                });
    }

    /// The client's part, at once when it is connected; on its context. It has the socket's handlers until it is
    /// done.
    ///
    /// @return who the server has proved to be, under the name that was connected to; empty where both go on
    /// plainly. Fails with [CredentialsException] where one side does not believe the other; the caller closes
    /// the socket
    public static Future<Optional<Principal>> connect(NetSocket socket, Approach by) {
        if (by.tls().isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        ClientSSLOptions options = by.tls().get();
        FirstFrame answer = new FirstFrame(socket, FIRST_BYTES_MAX, options.getSslHandshakeTimeout());
        socket.write(frame(START_TYPE));
        return answer.read().compose(frame -> switch (frame.type()) {
            case START_TYPE -> start(socket, options, answer).map(Optional::of);
            case PLAINLY_TYPE ->
                by.orPlainly()
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(new CredentialsException(NO_CERTIFICATES));
            default -> Future.failedFuture(unknown(frame));
        });
    }

    private static Future<Principal> start(NetSocket socket, ClientSSLOptions options, FirstFrame answer) {
        return socket.upgradeToSsl(options)
                .compose(_ -> answer.nothingElse())
                .compose(_ -> believed(socket, options))
                .recover(e -> Future.failedFuture(explained(e)));
    }

    private static Future<Principal> believed(NetSocket socket, ClientSSLOptions options) {
        Principal server = onlyServer(peer(socket));
        return new FirstFrame(socket, FIRST_BYTES_MAX, options.getSslHandshakeTimeout())
                .read()
                .compose(frame -> frame.type() == START_TYPE
                        ? Future.succeededFuture(server)
                        : Future.failedFuture(unknown(frame)));
    }

    /// Whether a client asks for TLS by this frame.
    public static boolean asks(Frame frame) {
        return frame.type() == START_TYPE;
    }

    /// The answer of a server that has no certificates; the client goes on on the same connection, or ends it.
    public static Buffer plainly() {
        return frame(PLAINLY_TYPE);
    }

    /// One line on why a handshake failed: what the library wraps around it only says that it did.
    public static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null ? deepest.getClass().getSimpleName() : message.replaceAll("\\s+", " ");
    }

    private static Future<Void> refusePlain(NetSocket socket) {
        Message refusal = new Message.Refused("it demands certificates: plimsoll pki issue ID makes them on its"
                + " machine, and --credentials names them here");
        return socket.write(MessageCodec.encode(refusal))
                .transform(_ -> Future.failedFuture(new WireException("asked for no TLS")));
    }

    /// Trust is the matter where a certificate was looked at; all else may be better the next time.
    private static Throwable explained(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof CredentialsException) {
                return e;
            }
            if (e instanceof GeneralSecurityException) {
                return new CredentialsException(
                        "the server's certificate is not believed: " + reason(failure), failure);
            }
            if (e instanceof SSLException && String.valueOf(e.getMessage()).contains("fatal alert")) {
                return new CredentialsException(
                        "the server does not believe this client's certificate: " + reason(failure), failure);
            }
        }
        return new WireException("no handshake: " + reason(failure), failure);
    }

    private static WireException unknown(Frame frame) {
        return new WireException("frame has the unknown type " + frame.type());
    }

    private static Principal onlyServer(Principal peer) {
        if (peer.role() != Principal.Role.SERVER) {
            throw new CredentialsException("the certificate of " + peer + " is no server's");
        }
        return peer;
    }

    private static Principal peer(NetSocket socket) {
        try {
            return Principal.of((X509Certificate) socket.peerCertificates().getFirst());
        } catch (SSLPeerUnverifiedException e) {
            throw new CredentialsException("the peer has proved nothing: " + e.getMessage(), e);
        }
    }

    private static Buffer frame(int type) {
        return new Frame(type, 0, Buffer.buffer()).encode();
    }

    private static PemKeyCertOptions key(Credentials own) {
        return new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(own.certificatePem()))
                .addKeyValue(Buffer.buffer(own.keyPem()));
    }

    private static PemTrustOptions trust(Credentials own) {
        return new PemTrustOptions().addCertValue(Buffer.buffer(own.authorityPem()));
    }
}
