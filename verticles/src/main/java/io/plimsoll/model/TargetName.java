package io.plimsoll.model;

import java.util.regex.Pattern;

/// The name of a storage that is measured, as those know it who do not own the machine: never a path, and nothing that
/// could be taken for one.
public record TargetName(String value) {
    public static final int CHARS_MAX = 64;
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0," + (CHARS_MAX - 1) + "}");

    public TargetName {
        Require.present("target name", value);
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("the name of a target must be 1 to " + CHARS_MAX
                    + " of a-z, 0-9 and '-', beginning with a letter or digit");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
