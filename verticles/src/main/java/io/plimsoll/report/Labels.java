package io.plimsoll.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Short names of a run's clients for tables: a UUID becomes its first eight digits, a long id loses its middle, both
/// only while no two clients look the same; the second session of an id gets `#2`.
final class Labels {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int CHARS_MAX = 20;
    private static final String RUN = "run";

    private final Map<Long, String> byClient = new HashMap<>();

    Labels(List<ClientReport> clients) {
        List<String> ids =
                clients.stream().map(ClientReport::clientId).distinct().toList();
        boolean unique =
                ids.stream().map(Labels::shortened).collect(Collectors.toSet()).size() == ids.size();
        UnaryOperator<String> shape = unique ? Labels::shortened : UnaryOperator.identity();
        for (ClientReport c : clients) {
            String session = c.session() > 1 ? "#" + c.session() : "";
            byClient.put(c.client(), Plain.of(shape.apply(c.clientId())) + session);
        }
    }

    String of(ClientReport client) {
        return byClient.get(client.client());
    }

    /// `run` for an event that is about no client.
    String of(RunReport.Event event) {
        return event.client().map(c -> byClient.getOrDefault(c, "?")).orElse(RUN);
    }

    static String shortened(String id) {
        if (UUID.matcher(id).matches()) {
            return id.substring(0, 8);
        }
        return clipped(id, CHARS_MAX);
    }

    /// The text without its middle where it is longer than `charsMax`.
    static String clipped(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        int tail = charsMax / 2 - 1;
        return text.substring(0, charsMax - tail - 2) + ".." + text.substring(text.length() - tail);
    }
}
