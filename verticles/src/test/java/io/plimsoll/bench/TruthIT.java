package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.Storage;
import io.plimsoll.io.TestMounts;
import io.plimsoll.io.ThreadCpu;
import io.plimsoll.model.EngineKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Does what makes results untrue, for real, and sees whether the checks notice by this machine's own accounts.
class TruthIT {
    private static final int MIB = 1 << 20;
    private static final int BYTES = 16 * MIB;
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private Process other;

    private interface Job {
        /// Returns the bytes that were read or written.
        long run() throws IOException;
    }

    @Test
    void readingASmallFileAgainIsSeenToComeFromThePageCache() throws IOException {
        Path file = written();
        assumeStorage(file);
        read(file, false);

        Set<String> rules = reads(file, false, () -> read(file, false) + read(file, false));

        assertTrue(rules.containsAll(List.of("page-cache", "data-set-in-memory")), rules.toString());
    }

    @Test
    void holesAreSeenNotToBeReadFromTheStorageNotEvenDirectly() throws IOException {
        Path file = directory.resolve("sparse");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(BYTES);
        }
        assumeStorage(file);

        assertTrue(reads(file, false, () -> read(file, false)).contains("page-cache"));
        assumeDirect(file);
        Set<String> rules = reads(file, true, () -> read(file, true));
        assertTrue(rules.contains("page-cache"), rules.toString());
        assertFalse(rules.contains("data-set-in-memory"), "direct: " + rules);
    }

    @Test
    void directReadsOfWrittenDataAreSeenAtTheStorage() throws IOException {
        Path file = written();
        assumeStorage(file);
        assumeDirect(file);

        Set<String> rules = reads(file, true, () -> read(file, true));

        assertFalse(rules.contains("page-cache"), rules.toString());
    }

    @Test
    void writesThatNeverLeftMemoryAreSeenUntilTheyAreSynced() throws IOException {
        Path file = written();
        assumeStorage(file);

        // The same pages again and again, while they are dirty.
        Set<String> rules = writes(file, () -> {
            long bytes = 0;
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                for (int i = 0; i < 256; i++) {
                    bytes += channel.write(ByteBuffer.allocate(PAGE * 16), 0);
                }
            }
            return bytes;
        });
        assertTrue(rules.contains("page-cache"), rules.toString());

        Path synced = directory.resolve("synced");
        rules = writes(directory, () -> write(synced));
        assertFalse(rules.contains("page-cache"), rules.toString());
    }

    @Test
    void memoryIsSeenToBeNoStorage() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "no /dev/shm here");
        assumeTrue(Storage.of(memory).kind() == Storage.Kind.MEMORY, "/dev/shm is no tmpfs here");
        assumeTrue(ProcessIo.sample().isPresent(), "this kernel does not tell /proc/self/io");
        Path file = Files.createTempFile(memory, "plimsoll-truth-", ".data");
        try {
            Files.delete(file);
            Set<String> rules = writes(memory, () -> write(file));
            assertTrue(rules.contains("page-cache"), rules.toString());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Test
    void anotherProcessOnTheDiskIsSeen() throws IOException {
        assumeStorage(directory);
        Observer observer = new Observer(directory, Optional.empty());
        observer.measuring(List.of());
        writeAsAnother();
        observer.finished();

        assertTrue(rules(TruthCase.reads(c -> c.bytes = PAGE), observer).contains("others-io"));
    }

    @Test
    void readsFromMemoryDoNotHideAnotherProcessOnTheDisk() throws IOException {
        Path file = written();
        assumeStorage(file);
        read(file, false);

        Set<String> rules = reads(file, false, () -> {
            long bytes = 0;
            for (int i = 0; i < 30; i++) {
                bytes += read(file, false);
            }
            writeAsAnother();
            return bytes;
        });

        assertTrue(rules.contains("others-io"), rules.toString());
    }

    @Test
    void anotherProcessOnTheDiskBelowALoopDeviceIsSeen() throws IOException {
        assumeStorage(directory);
        try (TestMounts _ = TestMounts.ext4(directory.resolve("m"), directory.resolve("image"), "64m")) {
            Observer observer = new Observer(directory.resolve("m"), Optional.empty());
            observer.measuring(List.of());
            writeAsAnother();
            observer.finished();
            Flag flag = TruthChecks.flags(TruthCase.reads(c -> c.bytes = PAGE).job(), observer.observation()).stream()
                    .filter(f -> f.rule().equals("others-io"))
                    .findFirst()
                    .orElseThrow();
            String disk = Storage.of(directory).device().orElseThrow();
            assertTrue(flag.evidence().contains("; below or beside it " + disk + " read "), flag.evidence());
        }
    }

    @Test
    void aDataThreadThatComputesIsSeenBusyOrWithoutAProcessor() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/schedstat")), "this kernel does not count delays");
        Observer observer = new Observer(directory, Optional.empty());
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<ThreadCpu> known = new CompletableFuture<>();
        Thread busy = Thread.ofPlatform().daemon().start(() -> {
            try {
                known.complete(ThreadCpu.ofCurrentThread());
            } catch (IOException e) {
                known.completeExceptionally(e);
            }
            while (!ended.get()) {
                Thread.onSpinWait();
            }
        });
        try {
            observer.measuring(List.of(known.get()));
            for (long until = System.nanoTime() + 1_100_000_000; System.nanoTime() < until; ) {
                Thread.yield();
            }
            observer.finished();
        } finally {
            ended.set(true);
            busy.join();
        }

        Observation seen = observer.observation().orElseThrow();
        assertEquals(1, seen.threads().size());
        Set<String> rules = rules(TruthCase.reads(_ -> {}), observer);
        Set<String> reasons = Set.of("cpu-saturated", "scheduling-delay", "cpu-steal");
        assertFalse(Collections.disjoint(rules, reasons), rules + " " + seen);
    }

    @Test
    void collectionsThatStopTheProgramAreSeen() {
        Observer observer = new Observer(directory, Optional.empty());
        observer.measuring(List.of());
        for (int i = 0; i < 10; i++) {
            System.gc();
        }
        observer.finished();

        assertTrue(rules(TruthCase.reads(_ -> {}), observer).contains("jvm-pauses"));
    }

    private void writeAsAnother() throws IOException {
        // A child counts as ours once it was waited for, so the one that writes is its child, and it stays to the end.
        other = new ProcessBuilder(
                        "sh",
                        "-c",
                        "dd if=/dev/urandom of=other bs=1048576 count=32 conv=fsync 2>/dev/null && echo done; exec"
                                + " sleep 60")
                .directory(directory.toFile())
                .start();
        assertEquals("done", other.inputReader().readLine());
    }

    @AfterEach
    void endTheOther() {
        if (other != null) {
            other.destroyForcibly();
        }
    }

    private Set<String> reads(Path target, boolean direct, Job job) throws IOException {
        return observed(target, job, TruthCase.reads(c -> c.direct = direct));
    }

    private Set<String> writes(Path target, Job job) throws IOException {
        return observed(target, job, TruthCase.writes(c -> c.direct = false));
    }

    private static Set<String> observed(Path target, Job job, TruthCase result) throws IOException {
        Observer observer = new Observer(target, Optional.empty());
        observer.measuring(List.of(ThreadCpu.ofCurrentThread()));
        result.bytes = job.run();
        observer.finished();
        result.asked = EngineKind.FILECHANNEL;
        result.ran = EngineKind.FILECHANNEL;
        return rules(result, observer);
    }

    private static Set<String> rules(TruthCase result, Observer observer) {
        Set<String> rules = new HashSet<>();
        TruthChecks.flags(result.job(), observer.observation()).forEach(flag -> {
            assertFalse(flag.evidence().isBlank() || flag.remedy().isBlank(), flag.toString());
            rules.add(flag.rule());
        });
        return rules;
    }

    private Path written() throws IOException {
        Path file = directory.resolve("written");
        write(file);
        return file;
    }

    private static long write(Path file) throws IOException {
        byte[] data = new byte[BYTES];
        RandomGenerator.of("L64X128MixRandom").nextBytes(data);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (ByteBuffer bytes = ByteBuffer.wrap(data); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return BYTES;
    }

    private static long read(Path file, boolean direct) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (direct) {
            options.add(directOption());
        }
        ByteBuffer block =
                ByteBuffer.allocateDirect(MIB + PAGE).alignedSlice(PAGE).limit(MIB);
        long bytes = 0;
        try (FileChannel channel = FileChannel.open(file, options)) {
            while (channel.read(block.clear().limit(MIB), bytes) > 0) {
                bytes += block.position();
            }
        }
        return bytes;
    }

    /// By name, as javac warns of any mention of it.
    private static OpenOption directOption() {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return (OpenOption) options.getField("DIRECT").get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void assumeStorage(Path path) {
        assumeTrue(ProcessIo.sample().isPresent(), "this kernel does not tell /proc/self/io");
        Storage storage = Storage.of(path);
        assumeTrue(
                storage.kind() == Storage.Kind.DEVICE && storage.counters().isPresent(),
                "temporary files lie on " + storage.fileSystem() + ", not on a disk");
    }

    private static void assumeDirect(Path file) {
        try {
            read(file, true);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "direct I/O is refused here: " + e.getMessage());
        }
    }
}
