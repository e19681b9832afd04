package io.plimsoll.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

final class MutantsTest {
    private static final long FIRST_SEED = 1;
    private static final long SEEDS_MAX = 2_000;

    @Test
    void everyPlantedBugIsFound() throws Exception {
        EnumSet<Mutant> notFound = EnumSet.noneOf(Mutant.class);
        System.out.println(Mutants.HEAD);
        for (Mutant mutant : Mutant.values()) {
            Mutants.Finding finding = Mutants.find(mutant, FIRST_SEED, SEEDS_MAX);
            System.out.println(finding.line());
            if (finding.what().isEmpty()) {
                notFound.add(mutant);
            }
        }
        assertTrue(notFound.isEmpty(), "not found in " + SEEDS_MAX + " seeds: " + notFound);
    }
}
