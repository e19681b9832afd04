package io.plimsoll.launcher;

import java.util.LinkedHashMap;
import java.util.Map;

/// How a command ends, for scripts to tell apart. Every code is shown by `plimsoll --help`.
public enum ExitCode {
    OK(0, "ok"),
    INTERNAL(1, "internal error"),
    USAGE(2, "usage or configuration, or the run was refused before it began"),
    FAILED(3, "run failed: a client was lost or refused, a disk gave an error or ran full, or no rate kept the SLO"),
    INCOMPLETE(4, "incomplete data: reports are missing, a client was interrupted, or none came"),
    UNREACHABLE(5, "server or database unreachable"),
    INTERRUPTED(130, "interrupted");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }

    /// For the usage page: code and meaning.
    static Map<String, String> meanings() {
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitCode code : values()) {
            meanings.put(Integer.toString(code.code), code.meaning);
        }
        return meanings;
    }
}
