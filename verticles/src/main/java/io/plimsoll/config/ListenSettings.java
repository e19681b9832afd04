package io.plimsoll.config;

/// Where the server listens for clients, and how it knows them.
public record ListenSettings(String host, int port, SecuritySettings security) {
    public ListenSettings {
        Check.present("tcp.host", host);
        Check.port("tcp.port", port);
        Check.present("security", security);
    }

    /// Whether nobody on another host reaches it.
    public boolean loopback() {
        return Formats.isLoopback(host);
    }

    static ListenSettings of(Values values) {
        return new ListenSettings(values.text("tcp.host"), values.integer("tcp.port"), SecuritySettings.of(values));
    }
}
