package io.plimsoll.config;

/// One mistake in what a person wrote.
///
/// @param where `conf/server.yaml:12:3`, `PLIMSOLL_TCP_PORT` or `--tcp-port`
/// @param message what is wrong and what to write instead
/// @param excerpt the offending line with a caret below it, or empty
public record Problem(String where, String message, String excerpt) {
    @Override
    public String toString() {
        return where + ": " + message + (excerpt.isEmpty() ? "" : "\n" + excerpt);
    }
}
