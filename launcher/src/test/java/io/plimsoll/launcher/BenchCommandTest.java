package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.bench.JobRefusedException;
import io.plimsoll.bench.JobRequest;
import io.plimsoll.bench.JobResult;
import io.plimsoll.bench.Progress;
import io.plimsoll.bench.SampleResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchCommandTest {
    private static final String JOB = "--directory=d --size=1m ";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Interrupts.Source signals = Interrupts::new;
    private final AtomicReference<JobRequest> requested = new AtomicReference<>();

    @Test
    void theResultIsOnStdoutAndNothingElseAnywhere() {
        assertEquals(0, run(JOB, returning(SampleResults.mixedResult())));
        assertTrue(out.toString().startsWith("x: (g=0): rw=randrw, bs=(R) 4096B-4096B"), out::toString);
        assertTrue(out.toString().contains("flag rate-not-achieved"), out::toString);
        assertEquals("", err.toString(), "not a terminal");
        assertEquals(Path.of("d"), requested.get().target().path());
    }

    @Test
    void jsonIsJson() throws IOException {
        assertEquals(
                0, run(JOB + "--output-format=json+ --percentile_list=50:99", returning(SampleResults.mixedResult())));
        JsonNode clat = json().at("/jobs/0/read/clat_ns");
        assertEquals(2, clat.at("/percentile").size());
        assertTrue(clat.has("bins"));
        out.getBuffer().setLength(0);
        assertEquals(0, run(JOB + "--output-format json", returning(SampleResults.mixedResult())));
        assertFalse(json().at("/jobs/0/read/clat_ns").has("bins"));
    }

    @Test
    void aResultThatFailedOrWasInterruptedIsShownAndHasItsCode() throws IOException {
        JobResult result = SampleResults.plainResult();
        Optional<String> why = Optional.of("read x: Input/output error (EIO, errno 5)");
        assertEquals(3, run(JOB + "--output-format=json", returning(SampleResults.with(result, why, false))));
        assertEquals(why.get(), json().at("/jobs/0/failure").asText());
        out.getBuffer().setLength(0);
        assertEquals(
                130, run(JOB + "--output-format=json", returning(SampleResults.with(result, Optional.empty(), true))));
        assertTrue(json().at("/jobs/0/interrupted").asBoolean());
    }

    @Test
    void aStopBeforeTheJobHasBegunIsAResultWithoutAnyOperation() throws IOException {
        BenchCommand.Runner runner = (_, _, stopped) -> {
            assertTrue(stopped.getAsBoolean());
            throw new InterruptedException("stopped before it began");
        };
        signals = (console, stop, leftBehind) -> {
            Interrupts early = Interrupts.early(console);
            early.signalled();
            return early.handedTo(console, stop, leftBehind);
        };
        assertEquals(130, run(JOB + "--name=n --rw=randrw --output-format=json", runner));
        JsonNode job = json().at("/jobs/0");
        assertEquals("n", job.at("/jobname").asText());
        assertTrue(job.at("/interrupted").asBoolean());
        assertEquals(0, job.at("/error").asInt());
        assertEquals(
                0,
                job.at("/read/total_ios").asInt(-1) + job.at("/write/total_ios").asInt(-1));
        assertTrue(job.at("/notes/0").asText().startsWith("stopped before anything was read or written"));
        assertEquals("plimsoll: stopping; interrupt again to quit at once\n", err.toString());

        out.getBuffer().setLength(0);
        assertEquals(130, run(JOB, runner));
        assertEquals("", out.toString());
        assertTrue(err.toString().endsWith("plimsoll: interrupted before there was a result\n"), err::toString);
    }

    @Test
    void aRefusalIsOneLineAndCodeTwo() {
        assertEquals(2, run(JOB, failing(new JobRefusedException("io_uring is refused here; use psync"))));
        assertEquals("plimsoll: io_uring is refused here; use psync\n", err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void anErrorBeforeThereIsAResultIsJsonToo() throws IOException {
        assertEquals(3, run(JOB + "--output-format=json", failing(new IOException("write d/x: No space left"))));
        assertEquals("write d/x: No space left", json().at("/error").asText());
        assertEquals("plimsoll: write d/x: No space left\n", err.toString());
        out.getBuffer().setLength(0);
        assertEquals(1, run(JOB + "--output-format=json", (_, _, _) -> {
            throw new IllegalStateException("a bug");
        }));
        assertEquals("a bug", json().at("/error").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--output-format=json --rate=10m",
                "--output-format json --direct=2",
                "--output-format=json+ --no-such",
                "--output-format=json",
                "job.fio --output-format=json"
            })
    void misuseIsJsonTooForWhoAskedForIt(String typed) throws IOException {
        assertEquals(2, run(typed, returning(SampleResults.plainResult())));
        String message = json().at("/error").asText();
        assertTrue(err.toString().startsWith("plimsoll: " + message), err::toString);
        assertTrue(message.length() > 10, message);
    }

    @Test
    void theOutputGoesToAFileThatIsOpenedBeforeTheRun(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("result.json");
        assertEquals(0, run(JOB + "--output-format=json --output=" + file, (_, _, _) -> {
            assertTrue(Files.exists(file), "opened before");
            return SampleResults.plainResult();
        }));
        assertEquals("", out.toString());
        assertEquals(
                "plain",
                new ObjectMapper().readTree(file.toFile()).at("/jobs/0/jobname").asText());
        assertEquals(2, run(JOB + "--output=" + dir.resolve("no/such"), failing(new IOException("not reached"))));
        assertTrue(err.toString().contains("no/such is in no directory that is there; choose"), err::toString);
    }

    @Test
    void theOutputReplacesAnOlderResultAndNothingElse(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("result");
        BenchCommand.Runner runner = returning(SampleResults.plainResult());
        for (String format : List.of("normal", "json", "normal")) {
            assertEquals(0, run(JOB + "--output=" + file + " --output-format=" + format, runner));
        }
        Files.writeString(file, "years of work");
        requested.set(null);
        assertEquals(2, run(JOB + "--output=" + file, runner));
        assertEquals("years of work", Files.readString(file));
        assertEquals(null, requested.get(), "refused before the job");
        assertEquals(
                "plimsoll: --output: " + file + " is there already, and is no result of plimsoll; choose another file,"
                        + " or remove that one\n",
                err.toString());
    }

    @Test
    void withoutAnythingTheTargetIsAskedForFirst() {
        assertEquals(2, run("--rw=randread", returning(SampleResults.plainResult())));
        assertTrue(
                err.toString()
                        .startsWith("plimsoll: say where: --directory=DIR, or --filename=FILE; for example"
                                + " --directory=/mnt/nvme --rw=randread --size=1g\n"),
                err::toString);
    }

    @Test
    void flagsAreCalledAsTheyWereTyped() {
        for (String[] row : new String[][] {
            {"--bs=4x", "option '--bs': '4x' is not a size"},
            {"--blocksize=4x", "option '--blocksize': '4x' is not a size"},
            {
                "--rw=nonsense",
                "'nonsense' is not a mode of --rw; write chunks, metadata, randread, randrw, randwrite,"
                        + " read, readwrite, rw, write"
            },
            {"--readwrite nonsense", "is not a mode of --readwrite; write"},
            {"--readwrite=read --rwmixread=50", "--rwmixread needs --readwrite=rw or randrw"},
            {"--rw=raed", "'raed' is not a mode of --rw; write read\n"},
            {"--rw=randrd", "write randread\n"}
        }) {
            err.getBuffer().setLength(0);
            assertEquals(2, run(JOB + row[0], returning(SampleResults.plainResult())));
            assertTrue(err.toString().contains(row[1]), err::toString);
        }
    }

    @Test
    void theLiveLineIsShownWhereAsked() {
        BenchCommand.Runner runner = (request, progress, stopped) -> {
            progress.say(new Progress.Working("ramp", 0.5, 900, 0, -1));
            progress.say(new Progress.Working("run", 0.25, 1000, 4096e3, 3_000_000_000L));
            progress.say(new Progress.Working("run", 0.5, 1000, 4096e3, 2_000_000_000L));
            return SampleResults.plainResult();
        };
        assertEquals(0, run(JOB + "--eta=always --name=n", runner));
        assertEquals("""
            n: ramp 50 %  900 IOPS
            n: run 25 %  1000 IOPS  4000KiB/s (4096kB/s)  3 s left
            """, err.toString(), "not a terminal: a line for each phase, and every ten seconds");
        for (String quiet : List.of("--eta=never", "--eta=auto")) {
            err.getBuffer().setLength(0);
            assertEquals(0, run(JOB + quiet, runner));
            assertEquals("", err.toString());
        }
    }

    @Test
    void aLongLayoutIsSaidWhereThereIsNoTerminalToo() {
        BenchCommand.Runner runner = (request, progress, stopped) -> {
            progress.say(new Progress.LayingOut(Path.of("d"), 1 << 29, 1 << 30, 1 << 30, 500_000_000, false));
            progress.say(new Progress.LayingOut(Path.of("d"), 1 << 30, 1 << 30, 0, 2_000_000_000, true));
            progress.say(new Progress.Working("run", 0.25, 1000, 4096e3, 3_000_000_000L));
            return SampleResults.plainResult();
        };
        assertEquals(0, run(JOB + "--name=n", runner));
        assertEquals("""
            n: laying out 1024MiB 50 %  1024MiB/s (1074MB/s)  1 s left  d
            n: laid out 1024MiB in 2.00 s  d
            """, err.toString());
        err.getBuffer().setLength(0);
        assertEquals(0, run(JOB + "--eta=never", runner));
        assertEquals("", err.toString());
    }

    @Test
    void nothingInAResultMovesTheCursor() {
        JobResult nasty =
                SampleResults.with(SampleResults.plainResult(), Optional.of("open \u001b[31mred: No such file"), false);
        assertEquals(3, run(JOB, returning(nasty)));
        assertTrue(out.toString().contains("open \\u001b[31mred"), out::toString);
    }

    @Test
    void fiosFlagsThatWeLackAreExplained() {
        for (String[] row : new String[][] {
            {"--rate=10m", "plimsoll: fio's --rate is not supported here; --rate_iops=N paces operations"},
            {"--bsrange=4k-8k", "--bssplit=4k/50:64k/50"},
            {"--loops 3", "--size says how many bytes"},
            {"job.fio", "job files are not read"},
            {"--iodpeth=3", "plimsoll: '--iodpeth=3' is no flag here; did you mean --iodepth?\n"},
            {"--rntime=10", "did you mean --runtime?"},
            {"--nonsense", "Unknown option: '--nonsense'"}
        }) {
            err.getBuffer().setLength(0);
            assertEquals(2, run(JOB + row[0], returning(SampleResults.plainResult())));
            assertTrue(err.toString().contains(row[1]), err::toString);
        }
    }

    private static BenchCommand.Runner returning(JobResult result) {
        return (_, _, _) -> result;
    }

    private static BenchCommand.Runner failing(IOException failure) {
        return (_, _, _) -> {
            throw failure;
        };
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private int run(String typed, BenchCommand.Runner runner) {
        BenchCommand bench = new BenchCommand(
                (request, progress, stopped) -> {
                    requested.set(request);
                    return runner.run(request, progress, stopped);
                },
                signals);
        CommandLine.IFactory factory = new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == BenchCommand.class
                        ? type.cast(bench)
                        : CommandLine.defaultFactory().create(type);
            }
        };
        return Main.run(
                Main.commandLine(factory),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Stream.concat(Stream.of("bench"), Stream.of(typed.strip().split(" +")))
                        .toArray(String[]::new));
    }
}
