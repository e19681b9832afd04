package io.plimsoll.launcher;

import io.plimsoll.config.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Names of flags that have several, as the user knows them.
final class FlagNames {
    private FlagNames() {}

    /// The arguments of a command line without their values.
    static List<String> of(List<String> args) {
        return args.stream()
                .map(word -> word.indexOf('=') < 0 ? word : word.substring(0, word.indexOf('=')))
                .toList();
    }

    /// The names by which a flag was typed, in that order; one that stands twice is there twice.
    ///
    /// @param words that [#of] made
    static List<String> typed(OptionSpec option, List<String> words) {
        List<String> names = Arrays.asList(option.names());
        return words.stream().filter(names::contains).toList();
    }

    /// The flag that a mistyped one most likely stands for.
    ///
    /// @param argument as typed: `--rntime=10`
    static Optional<String> nearest(String argument, CommandSpec command) {
        List<String> known = command.options().stream()
                .flatMap(option -> Stream.of(option.names()))
                .filter(name -> name.startsWith("--"))
                .toList();
        return Suggestion.nearest(of(List.of(argument)).getFirst(), known);
    }

    /// A message that calls each flag by the name that was typed: `--bs`, and not `--blocksize`, to who wrote `--bs`.
    static String asTyped(String message, CommandSpec command, List<String> args) {
        String said = message;
        List<String> words = of(args);
        for (OptionSpec option : command.options()) {
            List<String> typed = typed(option, words).stream().distinct().toList();
            if (typed.size() == 1) {
                for (String name : option.names()) {
                    said = Pattern.compile("(?<![\\w-])" + Pattern.quote(name) + "(?![\\w-])")
                            .matcher(said)
                            .replaceAll(Matcher.quoteReplacement(typed.getFirst()));
                }
            }
        }
        return said;
    }
}
