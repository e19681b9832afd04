package io.plimsoll.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SuggestionTest {
    private static final List<String> MODES =
            List.of("read", "write", "randread", "randwrite", "rw", "randrw", "chunks", "metadata");

    @Test
    void aShortenedWordIsTheOneThatItIsPartOf() {
        assertEquals(Optional.of("randread"), Suggestion.nearest("randrd", MODES));
        assertEquals(Optional.of("write"), Suggestion.nearest("wrte", MODES));
        assertEquals(Optional.of("randwrite"), Suggestion.nearest("randwrt", MODES));
    }

    @Test
    void slipsOfTheKeyboardAreTheNearestWord() {
        assertEquals(Optional.of("randread"), Suggestion.nearest("randraed", MODES));
        assertEquals(Optional.of("randrw"), Suggestion.nearest("randwr", MODES));
        assertEquals(Optional.of("idleTimeout"), Suggestion.nearest("idle-tiemout", List.of("idleTimeout", "port")));
        assertEquals(Optional.empty(), Suggestion.nearest("trim", MODES));
    }
}
