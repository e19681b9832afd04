package io.plimsoll.model;

import java.util.UUID;
import java.util.regex.Pattern;

/// The name by which a client is known in a run: also a file name and a part of bus addresses, so letters, digits,
/// dot, dash and underscore only, beginning with a letter or digit, at most 64 characters.
public record ClientId(String value) {
    public static final int CHARS_MAX = 64;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (CHARS_MAX - 1) + "}");

    public ClientId {
        Require.present("client id", value);
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("client id must be 1 to " + CHARS_MAX
                    + " letters, digits, '.', '-' or '_', beginning with a letter or digit");
        }
    }

    public static ClientId random() {
        return new ClientId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
