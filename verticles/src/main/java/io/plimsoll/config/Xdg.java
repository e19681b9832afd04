package io.plimsoll.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a user's files go, by the XDG base directory specification: a relative path in the variable counts as unset.
public final class Xdg {
    private Xdg() {}

    /// @return empty where neither the variable nor `HOME` says anything
    public static Optional<Path> directory(Map<String, String> environment, String variable, String belowHome) {
        return absolute(environment.get(variable))
                .or(() -> absolute(environment.get("HOME")).map(home -> home.resolve(belowHome)));
    }

    private static Optional<Path> absolute(String text) {
        return Optional.ofNullable(text).filter(t -> !t.isBlank()).map(Path::of).filter(Path::isAbsolute);
    }
}
