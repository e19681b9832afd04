package io.plimsoll.config;

/// Where the server says how it is.
///
/// @param port 0: nowhere
public record HealthSettings(String host, int port) {
    public HealthSettings {
        Check.present("health.host", host);
        Check.that(port >= 0 && port <= 65535, "health.port", port + " is not a port; write 1 to 65535, or 0 for none");
    }

    static HealthSettings of(Values values) {
        return new HealthSettings(values.text("health.host"), values.integer("health.port"));
    }
}
