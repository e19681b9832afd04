package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.bench.JobRefusedException;
import io.plimsoll.bench.JobRequest;
import io.plimsoll.bench.Progress;
import io.plimsoll.bench.SimulatedSteps;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SaturateCommandTest {
    private static final String JOB = "--directory=d --size=1m --rw=randread ";
    private static final String NO_PAGE = "--html=none ";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Interrupts.Source signals = Interrupts::new;
    private final SimulatedSteps storage = new SimulatedSteps(3, 0);

    @Test
    void theLineIsOnStdoutAndTheStepsAreOnStderr() {
        assertEquals(0, run(JOB + NO_PAGE + "--slo=p99<10ms"));
        assertTrue(out.toString().startsWith("Plimsoll line: "), out::toString);
        List<String> said = err.toString().lines().toList();
        assertTrue(
                said.getFirst().startsWith("plimsoll: looking for the highest rate that keeps p99<10ms: about"),
                said::toString);
        assertEquals(storage.requests.size() + 1, said.size());
        assertEquals("plimsoll: step 1 of at most 101, saturate in closed loop: 50,000 IOPS", said.get(1));
        assertTrue(said.get(3).endsWith(" bracket 25,000 IOPS: resp p99 1.13 ms, kept"), said::toString);
    }

    @Test
    void flagsReachTheSteps() {
        assertEquals(
                0,
                run(JOB + NO_PAGE
                        + "--slo=p99<10ms --slo=max<100s --step_time=2s --ramp_time=500ms --rate_process=linear"
                        + " --pacer=spin --numjobs=4 --precision=10% --repeats=2 --randseed=9 --eta=never"));
        assertEquals("", err.toString());
        JobPlan second = storage.requests.get(1).plan();
        assertEquals(new Load.Open(12_500, Load.Arrival.LINEAR, Load.Pacer.SPIN), second.load());
        assertEquals(new JobPlan.Span(500_000_000, 2_000_000_000, true), second.span());
        assertEquals(10, second.seed());
        assertTrue(out.toString().contains("p99<10ms, max<100s was kept in 2 of 2 steps"), out::toString);
        assertTrue(out.toString().contains("precision 10 %"), out::toString);
    }

    @Test
    void noRateIsCodeThreeWithTheSentence() throws IOException {
        assertEquals(3, run(JOB + NO_PAGE + "--slo=p99<10us --output-format=json"));
        assertEquals("none_keeps", json().at("/state").asText());
        assertEquals(3, run(JOB + NO_PAGE + "--slo=p99<10us"));
        assertTrue(out.toString().contains("No Plimsoll line: no rate keeps p99<10us"), out::toString);
    }

    @Test
    void thePageReplacesAnOlderOneAndNothingElse(@TempDir Path dir) throws IOException {
        Path page = dir.resolve("a.html");
        assertEquals(0, run(JOB + "--slo=p99<10ms --html=" + page));
        assertTrue(err.toString().contains("; the page will be " + page), err::toString);
        String first = Files.readString(page);
        assertTrue(first.contains("<h1>Plimsoll line: "));
        assertEquals(0, run(JOB + "--slo=p99<5ms --html=" + page));
        assertFalse(Files.readString(page).equals(first));
        Files.writeString(page, "<html>somebody's</html>");
        int before = storage.requests.size();
        assertEquals(2, run(JOB + "--slo=p99<10ms --html=" + page));
        assertEquals("<html>somebody's</html>", Files.readString(page));
        out.getBuffer().setLength(0);
        assertEquals(2, run(JOB + "--slo=p99<10ms --output-format=json --html=" + page));
        assertTrue(out.toString().startsWith("{"), out::toString);
        assertTrue(out.toString().contains("a.html"), out::toString);
        assertEquals(before, storage.requests.size(), "refused before the search");
        assertTrue(err.toString().contains("is there already, and is no result of plimsoll; choose"), err::toString);
        assertTrue(err.toString().contains("--html=none"), err::toString);
        assertEquals(2, run(JOB + "--slo=p99<10ms --html=" + dir.resolve("no/such.html")));
        assertEquals(2, run(JOB + "--slo=p99<10ms --html=" + dir));
        Path both = dir.resolve("both");
        assertEquals(2, run(JOB + "--slo=p99<10ms --html=" + both + " --output=" + both));
        assertTrue(err.toString().contains("--output and --html name the same file"), err::toString);
        Files.writeString(both, "somebody's");
        assertEquals(2, run(JOB + NO_PAGE + "--slo=p99<10ms --output=" + both));
        assertEquals("somebody's", Files.readString(both));
    }

    @Test
    void thatThereIsNoLineIsOnStderrWhereTheResultIsInAFile(@TempDir Path dir) {
        Path file = dir.resolve("result");
        assertEquals(3, run(JOB + NO_PAGE + "--slo=p99<10us --eta=never --output=" + file));
        assertTrue(err.toString().startsWith("plimsoll: No Plimsoll line: no rate keeps p99<10us"), err::toString);
        assertTrue(err.toString().endsWith("plimsoll: the result is in " + file + "\n"), err::toString);
    }

    @Test
    void aResultThatItsFileDoesNotTakeIsOnStdoutAndThePageIsWritten(@TempDir Path dir) throws IOException {
        Path page = dir.resolve("a.html");
        assertEquals(3, run(JOB + "--slo=p99<10ms --html=" + page + " --output=/dev/full"));
        assertTrue(err.toString().contains("--output: /dev/full did not take the result (No space"), err::toString);
        assertTrue(out.toString().startsWith("Plimsoll line: "), out::toString);
        assertTrue(Files.exists(page));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --slo=p99<10            | needs a unit after the number
        --slo=p99<10ms,max<1s   | an --slo of its own
        --eta=auto              | write one like --slo
        --slo=p99<1s --slo=p99<2s | SLO has p99 twice
        --slo=p99<1s --precision=5 | write 5%
        --slo=p99<1s --precision=90% | is out of range; write 1% to 50%
        --slo=p99<1s --repeats=0 | --repeats=0 is out of range; write 1 to 20
        --slo=p99<1s --step_time=0 | --step_time=0 is out of range; write 100ms to 1d, for example --step_time=10
        --slo=p99<1s --step_time=1ms | --step_time=1ms is out of range; write 100ms to 1d
        --slo=p99<1s --ramp_time=2d | --ramp_time=2d is out of range; write 0 to 1d
        --slo=p99<1s --kept_files=3 | --kept_files=3 is for --rw=chunks and --rw=metadata of plimsoll bench
        --slo=p99<1s --runtime=10 | say --step_time=10 instead
        --slo=p99<1s --time_based | say --step_time=10 instead
        --slo=p99<1s --rate_iops=10 | is what the search looks for
        --slo=p99<1s --percentile_list=50 | --slo names percentiles
        --slo=p99<1s --verify    | verify with bench
        --slo=p99<1s --output-format=json+ | is for plimsoll bench
        --slo=p99<1s --size=1m   | only once
        """)
    void misuseIsSaidBeforeTheSearchWithTheRemedy(String flags, String remedy) throws IOException {
        assertEquals(2, run(JOB + NO_PAGE + flags));
        assertTrue(err.toString().contains(remedy), err::toString);
        assertEquals(List.of(), storage.requests);
        if (!flags.contains("json")) {
            assertEquals(2, run(JOB + NO_PAGE + flags + " --output-format=json"));
            assertTrue(json().at("/error").asText().contains(remedy), out::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunks", "metadata"})
    void workWithoutARateIsRefusedAndNotOffered(String rw) {
        assertEquals(2, run("--directory=d --slo=p99<1s --html=none --rw=" + rw));
        assertTrue(
                err.toString()
                        .startsWith("plimsoll: --rw=" + rw + " has no rate that a search could change; write"
                                + " --rw=randread or another"),
                err::toString);
        assertEquals(2, run("--directory=d --size=1m --slo=p99<1s --rw=x"));
        assertFalse(err.toString().contains(rw), err::toString);
        assertEquals(0, run("--help"));
        assertFalse(out.toString().contains(rw), out::toString);
        assertEquals(List.of(), storage.requests);
    }

    @Test
    void whatIsRefusedIsNotAnnouncedBefore() {
        assertEquals(2, run(JOB + NO_PAGE + "--slo=p99<1s", (_, _, _) -> {
            throw new JobRefusedException("d is not a directory; make it, or name one that is there");
        }));
        assertEquals("plimsoll: d is not a directory; make it, or name one that is there\n", err.toString());
    }

    @Test
    void aSearchIsAnnouncedAsSoonAsItsFirstStepShowsItself() {
        run(JOB + NO_PAGE + "--slo=p99<10ms", (request, progress, stopped) -> {
            progress.say(new Progress.Working("ramp", 0.5, 1000, 4096e3, 2_000_000_000L));
            assertTrue(err.toString().startsWith("plimsoll: looking for the highest rate"), err::toString);
            return storage.run(request, stopped);
        });
        assertEquals(
                1,
                err.toString()
                        .lines()
                        .filter(line -> line.contains("looking for"))
                        .count());
    }

    @Test
    void thePageIsBesideTheResultOnStdout(@TempDir Path dir) throws IOException {
        Path page = dir.resolve("a.html");
        assertEquals(0, run(JOB + "--slo=p99<10ms --html=" + page));
        assertTrue(out.toString().startsWith("Plimsoll line: "), out::toString);
        assertTrue(Files.readString(page).startsWith("<!DOCTYPE html>"));
    }

    @Test
    void aStopBeforeTheFirstStepIsAResultWithoutStepsAndNoPage(@TempDir Path dir) throws IOException {
        signals = (console, stop, leftBehind) -> {
            Interrupts early = Interrupts.early(console);
            early.signalled();
            return early.handedTo(console, stop, leftBehind);
        };
        Path page = dir.resolve("a.html");
        assertEquals(130, run(JOB + "--slo=p99<10ms --output-format=json --html=" + page));
        assertTrue(json().at("/interrupted").asBoolean());
        assertEquals("unfinished", json().at("/state").asText());
        assertEquals(0, json().at("/steps").size());
        assertFalse(Files.exists(page));

        AtomicReference<Interrupts> taken = new AtomicReference<>();
        signals = (console, stop, leftBehind) -> {
            taken.set(new Interrupts(console, stop, leftBehind));
            return taken.get();
        };
        assertEquals(130, run(JOB + "--slo=p99<10ms --output-format=json --html=" + page, (_, _, _) -> {
            taken.get().signalled();
            throw new InterruptedException("stopped while files were laid out");
        }));
        assertTrue(json().at("/interrupted").asBoolean());
        assertFalse(Files.exists(page));
    }

    @Test
    void theCaretPointsAtTheMistake() {
        assertEquals(2, run(JOB + NO_PAGE + "--slo=p99<10"));
        assertTrue(err.toString().startsWith("""
            plimsoll: SLO 'p99<10' needs a unit after the number: ns, us, ms or s
              p99<10
                    ^
            """), err::toString);
    }

    @Test
    void anErrorBeforeThereIsAResultIsJsonToo() throws IOException {
        assertEquals(2, run(JOB + NO_PAGE + "--slo=p99<1s --output-format=json --eta=never", (_, _, _) -> {
            throw new JobRefusedException("io_uring is refused here; use psync");
        }));
        assertEquals("io_uring is refused here; use psync", json().at("/error").asText());
        assertEquals("plimsoll: io_uring is refused here; use psync\n", err.toString());
    }

    @Test
    void filesAreRemovedByTheLastStepOnly() {
        assertEquals(0, run(JOB + NO_PAGE + "--slo=p99<10ms --unlink=1"));
        List<Boolean> unlinks =
                storage.requests.stream().map(JobRequest::unlink).toList();
        assertEquals(unlinks.size() - 1, unlinks.indexOf(true));
        assertEquals(3, run(JOB + NO_PAGE + "--slo=p99<10us --unlink=1"));
        assertTrue(err.toString().contains("plimsoll: files of the job are left at d\n"), err::toString);
    }

    @Test
    void theLiveLineNamesTheStep() {
        assertEquals(0, run(JOB + NO_PAGE + "--slo=p99<10ms --eta=always", (request, progress, stopped) -> {
            progress.say(new Progress.Working("run", 0.5, 1000, 4096e3, 2_000_000_000L));
            return storage.run(request, stopped);
        }));
        assertTrue(err.toString().contains("step 1 of at most 101, saturate in closed loop: run 50 %"), err::toString);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private int run(String typed) {
        return run(typed, (request, _, stopped) -> storage.run(request, stopped));
    }

    private int run(String typed, BenchCommand.Runner runner) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine.IFactory factory = new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == SaturateCommand.class
                        ? type.cast(new SaturateCommand(runner, signals))
                        : CommandLine.defaultFactory().create(type);
            }
        };
        return Main.run(
                Main.commandLine(factory),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Stream.concat(Stream.of("saturate"), Stream.of(typed.strip().split(" +")))
                        .toArray(String[]::new));
    }
}
