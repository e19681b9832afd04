package io.plimsoll.bench;

/// Something about a result that its reader must know before believing it.
///
/// @param rule stable id, in words with hyphens: `rate-not-achieved`
/// @param evidence what was seen, with numbers and units
/// @param remedy what to do about it
public record Flag(String rule, String evidence, String remedy) {
    /// All of it, in a line.
    public String words() {
        return "flag " + rule + ": " + evidence + "; " + remedy;
    }
}
