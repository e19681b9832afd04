package io.plimsoll.config;

/// Where the server listens for clients.
public record ListenSettings(String host, int port) {
    public ListenSettings {
        Check.present("tcp.host", host);
        Check.port("tcp.port", port);
    }
}
