package io.plimsoll.config;

import java.util.List;
import java.util.stream.Collectors;

/// Configuration that cannot be used; the message has one line (and perhaps an excerpt) for each [Problem], for the
/// user to read as it is.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_MAX = 20;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    public ConfigException(String where, String message) {
        this(List.of(new Problem(where, message, "")));
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String text(List<Problem> problems) {
        String shown = problems.stream().limit(SHOWN_MAX).map(Problem::toString).collect(Collectors.joining("\n"));
        return problems.size() > SHOWN_MAX ? shown + "\nand " + (problems.size() - SHOWN_MAX) + " more" : shown;
    }
}
