package io.plimsoll.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// "Did you mean": the candidate that a mistyped word most likely stands for.
public final class Suggestion {
    private Suggestion() {}

    /// @return the nearest candidate, if it is near enough to be worth saying; one that the word is a shortened form of
    ///     goes before one that has other letters: `randrd` is randread, not randrw
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        String plain = plain(word);
        int nearEnough = Math.max(1, Math.min(3, plain.length() / 3));
        return candidates.stream()
                .filter(candidate -> distance(plain, plain(candidate)) <= nearEnough)
                .min(Comparator.<String, Boolean>comparing(candidate -> !shortens(plain, plain(candidate)))
                        .thenComparing(candidate -> distance(plain, plain(candidate)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// Whether only letters after the first were left out.
    private static boolean shortens(String word, String candidate) {
        if (word.isEmpty() || candidate.isEmpty() || word.charAt(0) != candidate.charAt(0)) {
            return false;
        }
        int found = 0;
        for (int i = 0; i < candidate.length() && found < word.length(); i++) {
            if (candidate.charAt(i) == word.charAt(found)) {
                found++;
            }
        }
        return found == word.length();
    }

    /// `idle-timeout`, `idle_timeout` and `IdleTimeout` are all meant as idleTimeout.
    private static String plain(String word) {
        return word.replaceAll("[-_ ]", "").toLowerCase(Locale.ROOT);
    }

    /// Edits between two words: insertions, deletions, substitutions, and swaps of neighbours.
    static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 3) {
            return Integer.MAX_VALUE;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
