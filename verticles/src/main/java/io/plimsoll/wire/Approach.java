package io.plimsoll.wire;

import io.vertx.core.net.ClientSSLOptions;
import java.util.Optional;

/// How a client begins its connections.
///
/// @param tls by what it proves who it is; empty: it proves nothing, and asks for nothing
/// @param orPlainly whether it goes on without where the server has no certificates
public record Approach(Optional<ClientSSLOptions> tls, boolean orPlainly) {
    public static final Approach PLAIN = new Approach(Optional.empty(), true);
}
