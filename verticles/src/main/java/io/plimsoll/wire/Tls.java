package io.plimsoll.wire;

import io.plimsoll.security.Credentials;
import io.plimsoll.security.CredentialsException;
import io.plimsoll.security.Principal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

/// TLS 1.3 with certificates on both sides, all by one authority.
///
/// A connection begins plainly: a server that demands TLS says so in a first frame, the invitation, and only then the
/// client begins the handshake. So the server can count a connection before it costs a handshake, no byte of a client
/// arrives before the server is ready to read it as TLS (Vert.x 5.0 would lose it), and a client without certificates
/// is told what it lacks. Who strips the invitation gains nothing: a client that has certificates sends nothing
/// without it.
public final class Tls {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");
    private static final int INVITATION_TYPE = 7;
    private static final Buffer INVITATION = new Frame(INVITATION_TYPE, 0, Buffer.buffer()).encode();

    private Tls() {}

    /// @param handshakeMsMax after which a peer that says nothing is given up
    public static ServerSSLOptions server(Credentials own, long handshakeMsMax) {
        return new ServerSSLOptions()
                .setKeyCertOptions(key(own))
                .setTrustOptions(trust(own))
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(handshakeMsMax)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    /// @param handshakeMsMax for the invitation, and for the handshake after it
    public static ClientSSLOptions client(Credentials own, long handshakeMsMax) {
        return new ClientSSLOptions()
                .setKeyCertOptions(key(own))
                .setTrustOptions(trust(own))
                .setHostnameVerificationAlgorithm("HTTPS")
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(handshakeMsMax)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    /// The server's part, at once when a connection is there; on its context.
    ///
    /// @return who the client has proved to be; where it fails, the caller closes the socket
    public static Future<Principal> accept(NetSocket socket, ServerSSLOptions options) {
        return socket.upgradeToSsl(options, INVITATION.copy()).map(_ -> peer(socket));
    }

    /// The client's part, at once when it is connected; on its context. In TLS 1.3 it learns only after its own
    /// handshake that the server refused its certificate: then the connection ends before a frame came.
    ///
    /// @return who the server has proved to be, under the name that was connected to; where it fails, the caller
    /// closes the socket
    public static Future<Principal> connect(NetSocket socket, ClientSSLOptions options) {
        Promise<Void> invited = Promise.promise();
        Buffer said = Buffer.buffer();
        socket.closeHandler(_ -> invited.tryFail(new WireException("the server closed the connection at once")));
        socket.handler(bytes -> {
            said.appendBuffer(bytes);
            if (said.equals(INVITATION)) {
                invited.tryComplete();
            } else if (said.length() >= INVITATION.length()) {
                invited.tryFail(new WireException("the server does not answer as one with certificates does"));
            }
        });
        return invited.future()
                .timeout(options.getSslHandshakeTimeout(), options.getSslHandshakeTimeoutUnit())
                .recover(e -> Future.failedFuture(
                        e instanceof WireException
                                ? e
                                : new WireException("the server does not ask for certificates (is it insecure?)")))
                .compose(_ -> socket.upgradeToSsl(options))
                .map(_ -> peer(socket))
                .compose(Tls::onlyServer);
    }

    /// Whether a server demands TLS by this frame, of a client that has not been told to use it.
    public static boolean invites(Frame frame) {
        return frame.type() == INVITATION_TYPE;
    }

    private static Future<Principal> onlyServer(Principal peer) {
        return peer.role() == Principal.Role.SERVER
                ? Future.succeededFuture(peer)
                : Future.failedFuture(new CredentialsException("the certificate of " + peer + " is no server's"));
    }

    private static Principal peer(NetSocket socket) {
        try {
            return Principal.of((X509Certificate) socket.peerCertificates().getFirst());
        } catch (SSLPeerUnverifiedException e) {
            throw new CredentialsException("the peer has proved nothing: " + e.getMessage(), e);
        }
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
