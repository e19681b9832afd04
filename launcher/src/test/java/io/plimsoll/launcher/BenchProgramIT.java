package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `plimsoll bench` as a program: what it prints, how it ends, what it leaves, whatever happens to it.
@Timeout(240)
class BenchProgramIT {
    private static final Path ROOT =
            Path.of(System.getProperty("plimsoll.root")).toAbsolutePath().normalize();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BLOCK = 4096;
    private static final String STARTS_SLOWLY =
            "plimsoll: starts slowly: no class path can hold the colon in %s/plimsoll/jars; set XDG_CACHE_HOME\n";

    @TempDir
    Path home;

    private final List<PlimsollProcess> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(PlimsollProcess::close);
    }

    @Test
    void theScriptPrintsWhatFioPrints() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        ROOT.resolve("launcher/plimsoll").toString(),
                        "bench",
                        "--name=x",
                        "--directory=" + home,
                        "--rw=randrw",
                        "--size=1m",
                        "--rate_iops=2000",
                        "--fsync=32",
                        "--percentile_list=50:99")
                .directory(home.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("XDG_CACHE_HOME", home.resolve("cache").toString());
        Process process = builder.start();
        String text;
        try (InputStream out = process.getInputStream()) {
            text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), text);
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), text);
        List<String> expected = List.of(
                "x: \\(g=0\\): rw=randrw, bs=\\(R\\) 4096B-4096B, \\(W\\) 4096B-4096B, ioengine=psync, iodepth=1",
                "x: \\(groupid=0, jobs=1\\): err= 0: .* 20\\d\\d",
                "  read: IOPS=\\d+, BW=.*/s \\(.*/s\\)\\(.*/\\d+msec\\)",
                "    clat \\(.sec\\): min=.*, max=.*, avg=.*, stdev=.*",
                "     lat \\(.sec\\): min=.*, max=.*, avg=.*, stdev=.*",
                "    resp \\(.sec\\): min=.*, max=.*, avg=.*, stdev=.*",
                "    clat percentiles \\(.sec\\):",
                "     \\| 50.00th=\\[ *\\d+\\], 99.00th=\\[ *\\d+\\]",
                "  write: IOPS=\\d+, BW=.*",
                "  fsync/fdatasync:",
                "  cpu          : usr=.*%, sys=.*%, ctx=\\d+, majf=\\d+, minf=\\d+, waited=.*%",
                "  issued rwts  : total=\\d+,\\d+,0,4 short=0,0,0,0",
                "  rate         : requested 2000.0/s, achieved .*",
                "  note         : .*: 1 file of 1.05 MB: 1 filled .*",
                "Run status group 0 \\(all jobs\\):",
                "   READ: bw=.*, io=.*, run=\\d+-\\d+msec",
                "  WRITE: bw=.*, io=.*, run=\\d+-\\d+msec");
        for (String line : expected) {
            assertTrue(text.lines().anyMatch(l -> l.matches(line)), line + " in\n" + text);
        }
    }

    @Test
    void aCacheThatNoClassPathCanHoldIsSaidAndTheJobRuns() throws Exception {
        assertEquals(0, script("--filename=/dev/zero", "--size=1m", "--output-format=json"));
        assertEquals(STARTS_SLOWLY.formatted(home.resolve("a:b")), Files.readString(home.resolve("err")));
        assertEquals(
                256,
                JSON.readTree(home.resolve("out").toFile())
                        .at("/jobs/0/read/total_ios")
                        .asInt());
    }

    /// Each of them with reads and writes by all five times and syncs by three, and with a ramp.
    @Test
    void asManyDataThreadsAsAJobMayHaveFitIntoTheHeapThatTheScriptGives() throws Exception {
        int code = script(
                "--directory=" + home,
                "--size=8k",
                "--rw=randrw",
                "--fdatasync=16",
                "--ioengine=io_uring",
                "--fallback=psync",
                "--iodepth=16",
                "--rate_iops=8",
                "--ramp_time=1",
                "--runtime=1",
                "--time_based",
                "--numjobs=512",
                "--output-format=json");
        String said = Files.readString(home.resolve("err")) + Files.readString(home.resolve("out"));
        assertEquals(0, code, said);
        JsonNode job = JSON.readTree(home.resolve("out").toFile()).at("/jobs/0");
        assertTrue(job.at("/read/total_ios").asLong() > 512, said);
        assertTrue(job.at("/write/total_ios").asLong() > 512, said);
    }

    @Test
    void aResultThatStdoutDoesNotTakeIsNoSuccess() throws Exception {
        int code = script(new File("/dev/full"), "--filename=/dev/zero", "--size=1m", "--output-format=json");
        String said = Files.readString(home.resolve("err"));
        assertEquals(3, code, said);
        assertTrue(said.contains("the result could not be written"), said);
    }

    /// While the command line is taken apart: long before there is a job that could be stopped.
    @Test
    void aSignalInTheFirstMomentsIsAnsweredWithJson() throws Exception {
        Path loaded = home.resolve("loaded");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xlog:class+load:file=" + loaded,
                        "-jar",
                        System.getProperty("plimsoll.jar"),
                        "bench",
                        "--name=x",
                        "--filename=/dev/zero",
                        "--size=1m",
                        "--runtime=100",
                        "--time_based",
                        "--output-format=json")
                .redirectError(home.resolve("err").toFile())
                .redirectOutput(home.resolve("out").toFile())
                .start();
        try {
            await(() -> Files.exists(loaded) && Files.readString(loaded).contains("picocli.CommandLine$Model "));
            // Not INT, which a build in the background hands down as ignored.
            run("kill", "-TERM", Long.toString(process.pid()));
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running");
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(home.resolve("err")) + Files.readString(home.resolve("out"));
        assertEquals(130, process.exitValue(), said);
        JsonNode job = JSON.readTree(home.resolve("out").toFile()).at("/jobs/0");
        assertEquals("x", job.at("/jobname").asText(), said);
        assertTrue(job.at("/interrupted").asBoolean(), said);
    }

    private int script(String... flags) throws Exception {
        return script(home.resolve("out").toFile(), flags);
    }

    /// Runs `launcher/plimsoll bench` to its end, with its output in files. The cache is one that it cannot use, so
    /// that it does not first learn.
    private int script(File out, String... flags) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        with(flags, ROOT.resolve("launcher/plimsoll").toString(), "bench"))
                .redirectError(home.resolve("err").toFile())
                .redirectOutput(out);
        builder.environment().put("XDG_CACHE_HOME", home.resolve("a:b").toString());
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running");
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }

    @Test
    void anotherProcessVerifiesWhatWasWrittenAndFindsTheByteThatIsWrong() throws Exception {
        String[] job = {"--name=x", "--directory=" + home, "--size=1m"};
        assertEquals(
                0, json(0, with(job, "--rw=randwrite", "--verify")).at("/error").asInt());
        JsonNode good = json(0, with(job, "--rw=read", "--verify")).at("/jobs/0");
        assertEquals(256, good.at("/read/total_ios").asInt());
        assertTrue(notes(good).contains("256 pieces of 4096 bytes were read and verified"), notes(good) + "");

        Path file = home.resolve("plimsoll-bench/x/x.0.0");
        int at = 77 * BLOCK + 1234;
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old + 1);
        }
        JsonNode bad = json(3, with(job, "--rw=read", "--verify")).at("/jobs/0");
        assertEquals(1, bad.at("/error").asInt());
        String failure = bad.at("/failure").asText();
        assertTrue(
                failure.matches("verify " + file + ": the 4096 bytes at offset " + 77 * BLOCK
                        + " are damaged: their checksum is [0-9a-f]{8}, and they say that it is [0-9a-f]{8};.*"),
                failure);
        List<String> counts =
                List.of("77 pieces of 4096 bytes were read and verified", "1 piece(s) were read and are broken");
        assertTrue(notes(bad).containsAll(counts), notes(bad) + "");
        PlimsollProcess text = start(with(job, "bench", "--rw=read", "--verify"));
        assertEquals(3, text.exitCode(), text::text);
        assertTrue(text.stdout().contains("err= 1"), text::text);
        assertTrue(text.stdout().contains("failed: verify " + file), text::text);
        counts.forEach(count -> assertTrue(text.stdout().contains(count), text::text));
    }

    /// Blocks that were never written again are what the file was laid out with, sealed as well: a kill leaves
    /// nothing that verifying would take for damage.
    @Test
    void aKilledRandomWriterLeavesOnlyWholeBlocks() throws Exception {
        String[] job = {"--name=x", "--directory=" + home, "--size=4m", "--verify"};
        PlimsollProcess writer = start(with(job, "bench", "--rw=randwrite", "--runtime=3600", "--time_based"));
        Path file = home.resolve("plimsoll-bench/x/x.0.0");
        Path layout = home.resolve("plimsoll-bench/x/.layout");
        await(() -> Files.exists(file) && Files.exists(layout));
        byte[] before = Files.readAllBytes(file);
        await(() -> changed(file, before));
        writer.kill();
        writer.exitCode();
        JsonNode read = json(0, with(job, "--rw=read")).at("/jobs/0");
        assertEquals(1024, read.at("/read/total_ios").asInt());
        assertTrue(notes(read).contains("1024 pieces of 4096 bytes were read and verified"), notes(read) + "");
    }

    /// A sequential writer that was killed has a file that ends where it was: reading more than that is refused, and
    /// what is there is in order.
    @Test
    void aKilledSequentialWriterLeavesAFileThatEndsThere() throws Exception {
        String[] job = {"--name=x", "--directory=" + home, "--verify"};
        PlimsollProcess writer = start(with(job, "bench", "--size=64m", "--rw=write", "--rate_iops=500"));
        Path file = home.resolve("plimsoll-bench/x/x.0.0");
        await(() -> Files.exists(file) && Files.size(file) >= 16 * BLOCK);
        writer.kill();
        writer.exitCode();
        long bytes = Files.size(file) / BLOCK * BLOCK;
        String refusal =
                json(2, with(job, "--size=64m", "--rw=read")).at("/error").asText();
        assertTrue(refusal.contains("has " + Files.size(file) + " bytes, and the job reads " + (64 << 20)), refusal);
        JsonNode read = json(0, with(job, "--size=" + bytes, "--rw=read")).at("/jobs/0");
        assertEquals(bytes / BLOCK, read.at("/read/total_ios").asLong());
    }

    @Test
    void anInterruptEndsEveryKindOfWorkWithTheResultUntilThen() throws Exception {
        Files.createDirectory(home.resolve("in"));
        for (String[] work : new String[][] {
            {"--rw=chunks", "--bs=256k", "--filesize=1m"},
            {"--rw=metadata", "--nrfiles=50", "--time_based"},
            {"--rw=randread", "--size=1m", "--time_based", "--unlink=1"},
            {"--rw=randwrite", "--size=1m", "--time_based", "--unlink=1", "--rate_iops=200", "--rate_process=poisson"}
        }) {
            String[] all = with(
                    work,
                    "bench",
                    "--name=x",
                    "--directory=" + home.resolve("in"),
                    "--runtime=3600",
                    "--output-format=json",
                    "--eta=always");
            PlimsollProcess bench = start(all);
            bench.awaitLine(line -> line.contains("IOPS"));
            bench.signal("INT");
            assertEquals(130, bench.exitCode(), bench::text);
            JsonNode job = JSON.readTree(bench.stdout()).at("/jobs/0");
            assertTrue(job.at("/interrupted").asBoolean(), bench::text);
            assertEquals(0, job.at("/error").asInt(-1), bench::text);
            long done = job.at("/read/total_ios").asLong()
                    + job.at("/write/total_ios").asLong()
                    + job.at("/create/total_ios").asLong();
            assertTrue(done > 0, bench::text);
            assertEquals(List.of(), below(home.resolve("in")), String.join(" ", work) + " leaves nothing");
        }
    }

    @Test
    void refusalsAreExitCodeTwoWithARemedyAndTouchNothing() throws Exception {
        Path thesis = Files.writeString(home.resolve("thesis"), "years of work");
        String in = "--directory=" + Files.createDirectory(home.resolve("in"));
        for (String[] job : new String[][] {
            {"--filename=" + thesis, "--size=4k", "--rw=randwrite", "remedy:--overwrite=1"},
            {in, "--size=1m", "--direct=1", "--ioengine=mmap", "remedy:use psync or io_uring"},
            {in, "--size=1m", "--iodepth=4", "remedy:use io_uring, or more data threads"},
            {in, "--size=1m", "--direct=1", "--bs=1000", "remedy:choose another block size, or --direct=0"},
            {in, "--size=1m", "--direct=1", "--bssplit=1000/50:4k/50", "remedy:choose another block size, or --direct=0"
            },
            {in, "--size=1m", "--rw=write", "--bs=1000", "--verify", "remedy:whole sectors of 512 bytes"},
            {in, "--size=1000t", "remedy:choose a smaller --size or --numjobs"},
            {"--directory=/proc/self", "--size=1m", "remedy:name a directory on the disk"},
            {in + "/missing", "--size=1m", "remedy:make it, or name one that is there"},
            {in, "--rw=randraed", "--size=1m", "remedy:write randread"},
            {in, "--rw=chunks", "--runtime=1", "--ioengine=io_uring", "--iodepth=8", "remedy:use --numjobs"}
        }) {
            String remedy = job[job.length - 1].substring("remedy:".length());
            String[] flags = Stream.of(job).limit(job.length - 1).toArray(String[]::new);
            PlimsollProcess bench = start(with(flags, "bench", "--output-format=json"));
            assertEquals(2, bench.exitCode(), bench::text);
            assertTrue(JSON.readTree(bench.stdout()).at("/error").asText().contains(remedy), bench::text);
            assertTrue(bench.stderr().contains(remedy), bench::text);
            assertFalse(bench.stderr().contains("Exception"), bench::text);
        }
        assertEquals("years of work", Files.readString(thesis));
    }

    @Test
    void aFullDiskIsExitCodeThreeWithOperationPathAndErrnoAndTakesNoResultEither() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path mount = Files.createDirectory(home.resolve("mount"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount.toString()) == 0, "not allowed to mount");
        try {
            Path result = mount.resolve("result");
            PlimsollProcess bench = start(
                    "bench",
                    "--name=x",
                    "--directory=" + mount,
                    "--size=6m",
                    "--rw=write",
                    "--rate_iops=500",
                    "--output=" + result,
                    "--output-format=json");
            Path file = mount.resolve("plimsoll-bench/x/x.0.0");
            await(() -> Files.exists(file) && Files.size(file) > 0);
            run("dd", "if=/dev/zero", "of=" + mount.resolve("other"), "bs=4k");
            assertEquals(3, bench.exitCode(), bench::text);
            JsonNode job = JSON.readTree(bench.stdout()).at("/jobs/0");
            String failure = job.at("/failure").asText();
            assertTrue(failure.startsWith("write " + file + ": No space left on device (ENOSPC, errno 28)"), failure);
            long done = job.at("/write/total_ios").asLong();
            assertTrue(done > 0 && done * BLOCK <= Files.size(file), done + " of " + Files.size(file));
            assertEquals(done * BLOCK, job.at("/write/io_bytes").asLong());
            String moved = result + " did not take the result (No space left on device); it is on stdout";
            assertTrue(bench.stderr().contains(moved), bench::text);
            assertTrue(Files.notExists(result), "half a result");
        } finally {
            run("umount", "-l", mount.toString());
        }
    }

    @Test
    void aRefusedEngineIsSaidWithItsRemedyAndAFallbackRunsByLeave() throws Exception {
        // Registered buffers are locked memory, of which an ordinary user may be given little.
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> limited = new ArrayList<>(List.of("prlimit", "--memlock=65536:65536"));
        if (root) {
            limited.addAll(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
        }
        assumeTrue(run(Stream.concat(limited.stream(), Stream.of("true")).toArray(String[]::new)) == 0, "no prlimit");
        Path open = Files.createDirectory(home.resolve("open"));
        for (Path directory : List.of(home, open)) {
            Files.setPosixFilePermissions(
                    directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        String[] job = {"--name=x", "--directory=" + open, "--size=32m", "--bs=1m", "--ioengine=io_uring"};
        JsonNode without = limited(limited, 2, with(job, "--iodepth=16"));
        String error = without.at("/error").asText();
        assertTrue(error.contains("io_uring"), error);
        assertTrue(error.contains("--fallback=psync"), error);
        JsonNode result = limited(limited, 0, with(job, "--iodepth=16", "--fallback=psync"))
                .at("/jobs/0");
        assertEquals("psync", result.at("/engine").asText());
        assertEquals(32, result.at("/read/total_ios").asInt());
        assertTrue(result.at("/flags").findValuesAsText("rule").contains("fallback-engine"), result + "");
        assertTrue(notes(result).stream().anyMatch(note -> note.startsWith("refused: io_uring: ")), notes(result) + "");
    }

    @Test
    void aFileThatTheUserMayNotReadOrMakeIsRefused() throws Exception {
        List<String> nobody = List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
        assumeTrue(run(Stream.concat(nobody.stream(), Stream.of("true")).toArray(String[]::new)) == 0, "no setpriv");
        Files.setPosixFilePermissions(home, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Path secret = Files.write(home.resolve("secret"), new byte[1 << 20]);
        Files.setPosixFilePermissions(secret, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        String read = limited(nobody, 2, "--filename=" + secret, "--size=1m")
                .at("/error")
                .asText();
        assertTrue(read.startsWith(secret + " cannot be read: Permission denied (EACCES, errno 13); user "), read);
        String made = limited(nobody, 2, "--filename=" + home.resolve("new"), "--size=1m")
                .at("/error")
                .asText();
        assertTrue(made.startsWith(home + " cannot be written to: Permission denied (EACCES, errno 13); user "), made);
        assertTrue(made.endsWith(" may not write there"), made);
    }

    @Test
    void tooLittleMemoryToVerifyWithIsSaidWithTheRemedy() throws Exception {
        String[] job = {"--name=x", "--directory=" + home, "--size=4g", "--bs=512", "--rw=write", "--verify"};
        String error = limited(List.of("env", "JDK_JAVA_OPTIONS=-XX:MaxDirectMemorySize=16m"), 2, job)
                .at("/error")
                .asText();
        assertEquals(
                "verify: what each of 1 data thread(s) writes is remembered in 33.55 MB, and Java was given too little;"
                        + " make --size smaller, use fewer data threads (--numjobs), or raise"
                        + " -XX:MaxDirectMemorySize",
                error);
    }

    /// Runs the job under other limits and checks how it ends; what it printed.
    private JsonNode limited(List<String> limits, int code, String... job) throws Exception {
        List<String> command = new ArrayList<>(limits);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("plimsoll.jar"),
                "bench",
                "--output-format=json"));
        command.addAll(List.of(job));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(home.toFile())
                .start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), text);
            // Where the programs of this test are in a place that others may not enter.
            assumeTrue(!text.isEmpty() || process.exitValue() != 1, "another user cannot run it");
            assertEquals(code, process.exitValue(), text);
            return JSON.readTree(text);
        } finally {
            process.destroyForcibly();
        }
    }

    /// Runs a job and checks how it ends; what it printed, which is JSON in any case.
    private JsonNode json(int code, String... job) throws Exception {
        PlimsollProcess bench = start(with(job, "bench", "--output-format=json"));
        assertEquals(code, bench.exitCode(), bench::text);
        return JSON.readTree(bench.stdout());
    }

    private static List<String> notes(JsonNode job) {
        List<String> notes = new ArrayList<>();
        job.at("/notes").forEach(note -> notes.add(note.asText()));
        return notes;
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < until, "it does not come to that");
            Thread.sleep(5);
        }
    }

    private static boolean changed(Path file, byte[] before) throws IOException {
        return !java.util.Arrays.equals(before, Files.readAllBytes(file));
    }

    private static List<Path> below(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> !path.equals(directory)).toList();
        } catch (java.nio.file.NoSuchFileException _) {
            return List.of();
        }
    }

    private PlimsollProcess start(String... args) throws IOException {
        PlimsollProcess process = new PlimsollProcess(home, args);
        processes.add(process);
        return process;
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Stream.of(more), Stream.of(first)).toArray(String[]::new);
    }
}
