package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetadataJobTest {
    @Test
    void eachPhaseThatWasNotMeasuredHasANote() {
        List<String> notes = MetadataJob.notMeasured(SampleResults.metadataResult());
        assertEquals(
                List.of("open", "rename", "unlink"),
                notes.stream().map(note -> note.replaceFirst(" .*", "")).toList());
        assertEquals(
                "unlink was not measured: its phase did not come in the measured time; a longer --runtime, or fewer"
                        + " --nrfiles, has all phases in it",
                notes.getLast());
    }

    @Test
    void ofAJobThatFailedItIsClearWhyPhasesAreMissing() {
        JobResult failed =
                SampleResults.with(SampleResults.metadataResult(), Optional.of("create x: disk full"), false);
        assertEquals(List.of(), MetadataJob.notMeasured(failed));
    }
}
