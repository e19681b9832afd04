package io.plimsoll.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;

/// Reads the small files of procfs, sysfs and cgroupfs.
final class ProcFile {
    private ProcFile() {}

    /// Empty where the file is not there or not to be read (old kernels, containers): unknown, and no failure.
    static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    // No regular expressions below: compiling one costs a cold JVM more than everything else here.

    /// What stands between blanks, tabs and line ends.
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (StringTokenizer rest = new StringTokenizer(text); rest.hasMoreTokens(); ) {
            words.add(rest.nextToken());
        }
        return words;
    }

    /// The number behind `key` in lines of `key value` or `key: value …`.
    static Optional<Long> number(String text, String key) {
        for (String line : text.split("\n")) {
            if (line.startsWith(key)) {
                List<String> words = words(line);
                if (words.size() >= 2
                        && (words.getFirst().equals(key) || words.getFirst().equals(key + ":"))) {
                    return whole(words.get(1));
                }
            }
        }
        return Optional.empty();
    }

    /// Empty where it is anything but 1 to 18 digits.
    static Optional<Long> whole(String digits) {
        if (digits.isEmpty() || digits.length() > 18) {
            return Optional.empty();
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return Optional.empty();
            }
        }
        return Optional.of(Long.parseLong(digits));
    }
}
