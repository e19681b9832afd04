package io.plimsoll.config;

/// The server that takes a client's results.
public record UplinkSettings(String server, int port) {
    public UplinkSettings {
        Check.present("tcp.server", server);
        Check.port("tcp.port", port);
    }
}
