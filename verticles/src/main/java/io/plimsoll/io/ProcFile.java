package io.plimsoll.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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

    /// The number behind `key` in lines of `key value` or `key: value …`.
    static Optional<Long> number(String text, String key) {
        for (String line : text.split("\n")) {
            String[] words = line.strip().split(":?\\s+");
            if (words.length >= 2 && words[0].equals(key)) {
                return whole(words[1]);
            }
        }
        return Optional.empty();
    }

    static Optional<Long> whole(String digits) {
        return digits.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }
}
