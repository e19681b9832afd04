package io.plimsoll.model;

import java.util.Locale;

/// By what a server knows that a client is who it says.
public enum Authentication {
    /// A certificate names it.
    CERTIFICATE,
    /// Nothing but that it is on the server's own host.
    LOOPBACK,
    /// Nothing: it may be anybody.
    INSECURE;

    /// As it stands in `clients.authenticated`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
