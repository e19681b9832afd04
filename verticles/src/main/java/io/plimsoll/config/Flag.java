package io.plimsoll.config;

/// A flag of the command line that sets a key.
///
/// @param name `--tcp-port`
/// @param key `tcp.port`
/// @param text as typed; lists with commas
public record Flag(String name, String key, String text) {}
