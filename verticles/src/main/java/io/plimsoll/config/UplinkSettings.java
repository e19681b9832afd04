package io.plimsoll.config;

/// The server that takes a client's results, and how they know each other.
public record UplinkSettings(String server, int port, SecuritySettings security) {
    public UplinkSettings {
        Check.present("tcp.server", server);
        Check.port("tcp.port", port);
        Check.present("security", security);
    }

    /// Whether it is on this host for sure.
    public boolean loopback() {
        return Formats.isLoopback(server);
    }

    static UplinkSettings of(Values values) {
        return new UplinkSettings(values.text("tcp.server"), values.integer("tcp.port"), SecuritySettings.of(values));
    }
}
