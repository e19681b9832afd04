package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plimsoll.bench.BenchJson;
import io.plimsoll.bench.FioOptions;
import io.plimsoll.bench.JobRequest;
import io.plimsoll.bench.JobResult;
import io.plimsoll.bench.JobTarget;
import io.plimsoll.bench.SampleResults;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

class JobOptionsTest {
    private static final String DIR = "--directory=d ";

    @Test
    void theExampleOfTheHelpPage() {
        JobRequest request = request("--name=x --directory=/mnt/nvme --rw=randread --bs=4k --iodepth=32"
                + " --ioengine=io_uring --direct=1 --size=1g --runtime=10 --time_based");
        assertEquals(
                new JobRequest(
                        new JobPlan(
                                "x",
                                blocks(AccessMode.RANDREAD, 100, 1L << 30),
                                new EngineChoice(EngineKind.IO_URING, 32, true, List.of(), List.of()),
                                1,
                                new Load.Closed(),
                                new Span(0, 10_000_000_000L, true),
                                1),
                        new JobTarget.Directory(Path.of("/mnt/nvme")),
                        false,
                        false),
                request);
    }

    @Test
    void defaultsAreFios() {
        JobPlan plan = request(DIR + "--size=1m").plan();
        assertEquals("bench", plan.name());
        assertEquals(blocks(AccessMode.READ, 100, 1 << 20), plan.work());
        assertEquals(new EngineChoice(EngineKind.PSYNC, 1, false, List.of(), List.of()), plan.engine());
        assertEquals(1, plan.threads());
        assertEquals(new Load.Closed(), plan.load());
        assertEquals(new Span(0, 0, false), plan.span());
    }

    @Test
    void valuesMayStandApartAndSwitchesAlone() {
        assertEquals(
                request(DIR + "--size=1m --rw=randrw --bs=8k --direct=1 --end_fsync=1 --unlink=1 --verify=crc32c"),
                request("--directory d --size 1m --readwrite randrw --direct --blocksize 8k --end_fsync --unlink"
                        + " --verify --thread --group_reporting"));
    }

    @Test
    void verifyingIsSwitchedOffAsInFio() {
        assertEquals(request(DIR + "--size=1m --rw=write"), request(DIR + "--size=1m --rw=write --verify=0"));
    }

    @Test
    void aMixMayBeSaidFromEitherSide() {
        assertEquals(70, readPercent("--rw=rw --rwmixread=70"));
        assertEquals(70, readPercent("--rw=rw --rwmixwrite=30"));
        assertEquals(70, readPercent("--rw=readwrite --rwmixwrite=30 --rwmixread=70"));
        assertEquals(50, readPercent("--rw=randrw"));
        assertEquals(0, readPercent("--rw=randwrite"));
    }

    @Test
    void aRateMakesAnOpenLoop() {
        assertEquals(
                new Load.Open(1000, Load.Arrival.LINEAR, Load.Pacer.HYBRID),
                request(DIR + "--size=1m --rate_iops=1000").plan().load());
        assertEquals(
                new Load.Open(0.5, Load.Arrival.POISSON, Load.Pacer.SPIN),
                request(DIR + "--size=1m --rate_iops=0.5 --rate_process=poisson --pacer=spin")
                        .plan()
                        .load());
    }

    @Test
    void chunksAndMetadataHaveDefaultsOfTheirOwn() {
        assertEquals(
                new Work.Chunks(10 << 20, 100 << 20, 3),
                request(DIR + "--rw=chunks --runtime=10").plan().work());
        assertEquals(
                new Work.Chunks(200 << 20, 200 << 20, 5),
                request(DIR + "--rw=chunks --bs=200m --kept_files=5 --runtime=10")
                        .plan()
                        .work());
        assertEquals(
                new Work.Metadata(1000, 100, 0),
                request(DIR + "--rw=metadata").plan().work());
        assertEquals(
                new Work.Metadata(10, 5, 4096),
                request(DIR + "--rw=metadata --nrfiles=10 --files_per_dir=5 --filesize=4k")
                        .plan()
                        .work());
    }

    @Test
    void theSizeOfAFileThatIsThereNeedNotBeSaid(@TempDir Path dir) throws IOException {
        Path file = Files.write(dir.resolve("data"), new byte[8192]);
        JobRequest request = request("--filename=" + file);
        assertEquals(new JobTarget.File(file), request.target());
        assertEquals(blocks(AccessMode.READ, 100, 8192), request.plan().work());
        assertEquals(
                request, request("--directory=" + dir + " --filename=data"), "as in fio, a name below a directory");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--size=1m|say where: --directory=DIR, or --filename=FILE",
                "--directory= --size=1m|--directory= names nothing",
                "--directory=d|say how many bytes a data thread works on: --size=1g",
                "--directory=d --filename=/x --size=1m|--filename=/x is not below --directory",
                "--filename=/ --size=1m|--filename=/ is a directory; say --directory=/",
                "--filename=/no/a:/no/b --size=1m|several files are not supported",
                "--filename=x --nrfiles=2 --size=1m|--nrfiles=2: --filename is one file",
                "--filename=/dev/zero --rw=write --size=1m|/dev/zero is for reads; --filename=/dev/null takes writes",
                "--filename=/dev/null --rw=randrw --size=1m|/dev/null is for writes",
                "--filename=x --rw=chunks --runtime=1|--rw=chunks makes many files: say --directory=DIR",
                "--directory=d --size=1k|--size=1k is less than one block of 4k; make it larger, or",
                "--directory=d --size=1m --name=a/b|--name='a/b' cannot name files; write letters",
                "--directory=d --size=1m --rw=randraed|'randraed' is not a mode of --rw; write randread",
                "--directory=d --size=1m --rw=randtrim|trim is not supported",
                "--directory=d --size=1m --rw=read --rwmixread=50|--rwmixread needs --rw=rw or randrw",
                "--directory=d --size=1m --rw=rw --rwmixread=50 --rwmixwrite=51|do not add up to 100",
                "--directory=d --size=1m --rw=rw --rwmixread=101|--rwmixread=101 is out of range; write 0 to 100",
                "--directory=d --size=1m --bs=4k --bssplit=4k/50:8k/50|--bs and --bssplit contradict each other",
                "--directory=d --size=1m --random_distribution=zipf:1.1|--random_distribution needs --rw=randread",
                "--directory=d --size=1m --filesize=1m|--filesize is for --rw=chunks and --rw=metadata",
                "--directory=d --size=1m --kept_files=1|--kept_files needs --rw=chunks",
                "--directory=d --size=1m --fsync=1|--fsync has nothing to sync: --rw=read writes nothing",
                "--directory=d --size=1m --sync=dsync|--sync has nothing to sync",
                "--directory=d --size=1m --rw=write --fsync=1 --fdatasync=2|--fsync and --fdatasync contradict",
                "--directory=d --size=1m --verify --dedupe_percentage=10|cannot be had with --verify, whose blocks are"
                        + " all different",
                "--directory=d --size=1m --verify --ioengine=null|--verify has nothing to check",
                "--directory=d --size=1m --direct --ioengine=mmap|--direct=1 cannot be had with --ioengine=mmap",
                "--directory=d --size=1m --iodepth=2|engine psync has one operation in flight, so iodepth 2",
                "--directory=d --size=1m --iodepth=0|--iodepth=0 is out of range; write 1 to 4096",
                "--directory=d --size=1m --ioengine=io_uring --fallback=io_uring|which is the engine itself",
                "--directory=d --size=1m --time_based|--time_based needs a time: say --runtime=10",
                "--directory=d --size=1m --rate_process=poisson|--rate_process needs a rate: say --rate_iops=1000",
                "--directory=d --size=1m --pacer=spin|--pacer needs a rate",
                "--directory=d --size=1m --rate_iops=0|option '--rate_iops': '0' is out of range; write 0.001 to",
                "--directory=d --size=1m --numjobs=0|--numjobs=0 is out of range; write 1 to 512",
                "--filename= --size=1m|option '--filename': it names nothing (is a variable empty?)",
                "--directory=d --size=1m --output=|option '--output': it names nothing",
                "--directory=d --size=1m --cpus_allowed=5000|names CPU 5000, allowed: 0 to 1023",
                "--directory=d --size=99999999999999999999|is more than 8 EiB; write less",
                "--directory=d --size=1m --thread=0|it is always so here",
                "--directory=d --rw=chunks|--rw=chunks writes until its time is over: say --runtime=10",
                "--directory=d --rw=chunks --runtime=1 --size=1g|--size has no meaning with --rw=chunks",
                "--directory=d --rw=chunks --runtime=1 --bs=20m --filesize=1m|--filesize=1m is less than one chunk of"
                        + " 20m; make",
                "--directory=d --rw=chunks --runtime=1 --filesize=4k|--filesize=4k is less than one chunk of 10m;",
                "--directory=d --size=4m --nrfiles=2 --bs=4m|--size=4m over 2 files (--nrfiles) is less than one block",
                "--directory=d --size=1m --dedupe_percentage=101|--dedupe_percentage=101 is out of range; write 0 to"
                        + " 100",
                "--directory=d --size=1m --buffer_compress_percentage=-1|=-1 is out of range; write 0 to 100",
                "--directory=d --size=1m --rw=write --fsync=2000000000|--fsync=2000000000 is out of range",
                "--directory=d --size=1m --nrfiles=0|--nrfiles=0 is out of range; write 1 to 10000",
                "--directory=d --size=1m --numjobs=99999999999|is out of range; write 1 to 512",
                "--directory=d --size=1m --numjobs=1.5|option '--numjobs': '1.5' is not a whole number",
                "--directory=d --size=1m --bs=-1|'-1' is not a size; write 4k",
                "--directory=d --size=1m --bs=0|'0' is no block size; write 4k",
                "--directory=d --size=1m --ramp_time=0.5|option '--ramp_time': '0.5' is not a whole number; write"
                        + " 500ms",
                "--directory=d --size=1m --ioengine=io_uring --fallback=mmap --direct|--fallback=mmap cannot be had"
                        + " with",
                "--directory=d --rw=metadata --time_based|--time_based needs a time: say --runtime=10",
                "--directory=d --rw=chunks --runtime=1 --time_based|--time_based has no meaning with --rw=chunks",
                "--directory=d --rw=metadata --bs=4k|--bs has no meaning with --rw=metadata",
                "--directory=d --rw=metadata --filesize=2g|--filesize=2g: with --rw=metadata a file has at most 1m;"
                        + " write",
                "--directory=d --size=1m --size=2m|option '--size' should be specified only once",
                "--directory=d --size=1m --rw=randrw --bs=8k --readwrite read|option '--rw' and '--readwrite' should"
                        + " be",
                "--directory=d --size=1m --rate_iops=1 --rate_iops 2|option '--rate_iops' should be"
            })
    void whatDoesNotGoTogetherIsRefusedWithTheRemedy(String typed, String why) {
        String message =
                assertThrows(ParameterException.class, () -> request(typed)).getMessage();
        assertTrue(message.contains(why), message);
    }

    /// Whatever job a result is of, its `job options` make the same job again.
    @Test
    void theOptionsOfAResultMakeTheSameJob() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            JobRequest request = anyRequest(random);
            JobResult result = SampleResults.with(SampleResults.plainResult(), request);
            JsonNode options = new ObjectMapper()
                    .readTree(BenchJson.render(result, SampleResults.RENDERING, false))
                    .at("/jobs/0/job options");
            String typed = options.properties().stream()
                    .map(option ->
                            "--" + option.getKey() + "=" + option.getValue().asText())
                    .collect(Collectors.joining(" "));
            assertEquals(request, request(typed), "seed " + seed + ": " + typed);
        }
    }

    @Test
    void theOptionsOfResultsNameEveryFlagThatSaysWhatAJobIs() {
        TreeSet<String> named = new TreeSet<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2_000; i++) {
            named.addAll(FioOptions.of(anyRequest(random)).keySet());
        }
        TreeSet<String> flags = new TreeSet<>();
        for (OptionSpec option : Main.commandLine()
                .getSubcommands()
                .get("bench")
                .getCommandSpec()
                .options()) {
            flags.add(Stream.of(option.names())
                    .filter(name -> name.startsWith("--"))
                    .findFirst()
                    .orElseThrow()
                    .substring(2));
        }
        flags.removeAll(List.of("help", "version", "debug", "output", "output-format", "percentile_list", "eta"));
        flags.removeAll(List.of("thread", "group_reporting", "rwmixwrite"));
        assertEquals(flags, named);
    }

    private static JobRequest anyRequest(SplittableRandom random) {
        Work work = switch (random.nextInt(6)) {
            case 0 -> new Work.Chunks(1 + random.nextInt(1 << 20), 1 << 20, 1 + random.nextInt(9));
            case 1 -> new Work.Metadata(1 + random.nextInt(99), 1 + random.nextInt(9), random.nextInt(4096));
            default -> anyBlocks(random);
        };
        boolean metadata = work instanceof Work.Metadata;
        EngineKind kind = metadata ? EngineKind.PSYNC : EngineKind.values()[random.nextInt(EngineKind.values().length)];
        boolean verify = work instanceof Work.Blocks blocks && blocks.content().verify();
        kind = verify && kind == EngineKind.NULL ? EngineKind.IO_URING : kind;
        EngineChoice engine = new EngineChoice(
                kind,
                kind.queues() ? 1 + random.nextInt(64) : 1,
                !metadata && kind != EngineKind.MMAP && random.nextBoolean(),
                !metadata && kind == EngineKind.IO_URING
                        ? List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL)
                        : List.of(),
                random.nextBoolean() ? List.of(0, 3) : List.of());
        Load load = random.nextBoolean()
                ? new Load.Closed()
                : new Load.Open(
                        random.nextInt(1, 1_000_000) / 10.0,
                        Load.Arrival.values()[random.nextInt(2)],
                        Load.Pacer.values()[random.nextInt(3)]);
        boolean timed = work instanceof Work.Chunks || random.nextBoolean();
        Span span = new Span(
                random.nextInt(3) * 500_000_000L,
                timed ? 1_000L * random.nextInt(1, 2_000_000_000) : 0,
                timed && !(work instanceof Work.Chunks) && random.nextBoolean());
        boolean file = work instanceof Work.Blocks blocks && blocks.files() == 1 && random.nextBoolean();
        return new JobRequest(
                new JobPlan(
                        "job-" + random.nextInt(9), work, engine, 1 + random.nextInt(4), load, span, random.nextLong()),
                file ? new JobTarget.File(Path.of("some-file")) : new JobTarget.Directory(Path.of("some-dir")),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private static Work.Blocks anyBlocks(SplittableRandom random) {
        AccessMode mode = AccessMode.values()[random.nextInt(AccessMode.values().length)];
        boolean mixed = mode.reads() && mode.writes();
        Distribution distribution = switch (mode.random() ? random.nextInt(3) : 0) {
            case 0 -> new Distribution.Uniform();
            case 1 -> new Distribution.Zipf(random.nextInt(11, 99) / 10.0);
            default -> new Distribution.Pareto(random.nextInt(1, 10) / 10.0);
        };
        SyncPolicy sync = mode.writes()
                ? new SyncPolicy(
                        random.nextInt(1, 9),
                        random.nextBoolean(),
                        SyncPolicy.OpenFlag.values()[random.nextInt(3)],
                        random.nextBoolean())
                : SyncPolicy.NONE;
        boolean verify = random.nextBoolean();
        int unit = verify ? 512 : 1;
        return new Work.Blocks(
                mode,
                mixed ? random.nextInt(101) : mode.reads() ? 100 : 0,
                random.nextBoolean()
                        ? BlockSizes.of(unit * random.nextInt(1, (1 << 20) / unit))
                        : new BlockSizes(List.of(new BlockSizes.Part(4096, 60), new BlockSizes.Part(3 * unit, 40))),
                distribution,
                (long) (8 << 20) + random.nextInt(1 << 20),
                1 + random.nextInt(3),
                sync,
                new Content(random.nextInt(101), verify ? 0 : random.nextInt(101), verify));
    }

    private static Work.Blocks blocks(AccessMode mode, int readPercent, long bytes) {
        return new Work.Blocks(
                mode,
                readPercent,
                BlockSizes.of(4096),
                new Distribution.Uniform(),
                bytes,
                1,
                SyncPolicy.NONE,
                Content.RANDOM);
    }

    private static int readPercent(String typed) {
        return ((Work.Blocks) request(DIR + "--size=1m " + typed).plan().work()).readPercent();
    }

    private static JobRequest request(String typed) {
        CommandLine line = Main.commandLine();
        line.parseArgs(Stream.concat(Stream.of("bench"), Stream.of(typed.strip().split(" +")))
                .toArray(String[]::new));
        BenchCommand command = line.getSubcommands().get("bench").getCommand();
        return command.request();
    }
}
