package io.plimsoll.config;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;

/// Writes one event as one line of logfmt: `client-lost client=abc missed=10`. Nothing that a value contains can end
/// the line, steer a terminal or forge a key. Lines of libraries become `log logger=… message="…"`.
public final class EventConverter extends ThrowableHandlingConverter {
    private static final Pattern OURS = Pattern.compile("(io\\.)?plimsoll\\.");
    private static final int VALUE_CHARS_MAX = 4000;
    private static final int FRAMES_MAX = 12;
    private static final int CAUSES_MAX = 5;

    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(128);
        if (OURS.matcher(event.getLoggerName()).lookingAt()) {
            line.append(Escapes.escape(event.getFormattedMessage()));
        } else {
            line.append("log");
            append(line, "logger", event.getLoggerName());
            append(line, "message", event.getFormattedMessage());
        }
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> append(line, pair.key, String.valueOf(pair.value)));
        }
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            append(line, "error", message(error));
            append(line, "stack", stack(error));
        }
        return line.toString();
    }

    /// What is empty says nothing: it is left out.
    private static void append(StringBuilder line, String key, String value) {
        if (value.isEmpty()) {
            return;
        }
        line.append(' ').append(key).append('=').append(quoted(value));
    }

    static String quoted(String value) {
        String cut = value.length() <= VALUE_CHARS_MAX
                ? value
                : value.substring(0, VALUE_CHARS_MAX) + "...(" + (value.length() - VALUE_CHARS_MAX) + " more)";
        String escaped = Escapes.escape(cut);
        boolean plain =
                !escaped.isEmpty() && escaped.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=' || c == '\\');
        return plain ? escaped : '"' + escaped.replace("\"", "\\\"") + '"';
    }

    private static String message(IThrowableProxy error) {
        return error.getMessage() == null ? error.getClassName() : error.getClassName() + ": " + error.getMessage();
    }

    private static String stack(IThrowableProxy error) {
        StringBuilder stack = new StringBuilder();
        int causes = 0;
        for (IThrowableProxy e = error; e != null && causes < CAUSES_MAX; e = e.getCause(), causes++) {
            if (causes > 0) {
                stack.append(" caused by ").append(message(e));
            }
            StackTraceElementProxy[] frames = e.getStackTraceElementProxyArray();
            for (int i = 0; i < Math.min(FRAMES_MAX, frames.length); i++) {
                stack.append(i == 0 && causes == 0 ? "" : " < ").append(frames[i].getStackTraceElement());
            }
        }
        return stack.toString();
    }
}
