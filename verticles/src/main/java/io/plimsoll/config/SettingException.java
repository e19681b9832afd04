package io.plimsoll.config;

/// A setting whose value makes no sense, alone or beside others; [Settings] finds where it was written.
final class SettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String problem;

    /// @param key `tcp.port`
    SettingException(String key, String problem) {
        super(key + ": " + problem);
        this.key = key;
        this.problem = problem;
    }

    String key() {
        return key;
    }

    String problem() {
        return problem;
    }
}
