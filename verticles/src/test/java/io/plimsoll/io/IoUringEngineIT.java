package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.model.EngineKind;
import io.plimsoll.model.SyncPolicy.OpenFlag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class IoUringEngineIT {
    private static final int BLOCK = 4096;
    private static final int CYCLES = 10_000;
    private static final int O_NONBLOCK = 0x800;
    private static final OpenMode READ = new OpenMode(true, false, false, false, OpenFlag.NONE);
    private static final OpenMode READ_WRITE = new OpenMode(true, true, false, false, OpenFlag.NONE);

    @TempDir
    Path temp;

    @Test
    void saysHowItWasSetUp() throws PosixException {
        try (Engine engine = open(4, BLOCK)) {
            assertTrue(
                    engine.note().matches("[A-Z_|]+, fixed buffers, fixed files(, registered ring)?"), engine.note());
        }
        try (Engine engine = open(4, 1 << 20)) {
            boolean huge = !slurp("/sys/kernel/mm/transparent_hugepage/enabled", "[never]")
                    .contains("[never]");
            assertEquals(huge, engine.note().endsWith(", huge pages"), engine.note());
        }
    }

    @Test
    void descriptorsAndMemoryStayFlatOverTenThousandEngines() throws IOException {
        Path path = Files.write(temp.resolve("data"), new byte[BLOCK]);
        String note = cycle(path);
        for (int i = 0; i < CYCLES / 10; i++) {
            assertEquals(note, cycle(path));
        }
        long descriptors = EngineContractIT.descriptors();
        long residentKib = status("VmRSS:");
        long virtualKib = status("VmSize:");
        long lockedKib = status("VmLck:") + status("VmPin:");
        for (int i = 0; i < CYCLES; i++) {
            assertEquals(note, cycle(path));
        }
        System.gc();
        assertEquals(descriptors, EngineContractIT.descriptors());
        assertEquals(lockedKib, status("VmLck:") + status("VmPin:"));
        // What one engine maps, 64 KiB and more, would be 640 MiB.
        long growthKib = Math.max(status("VmRSS:") - residentKib, status("VmSize:") - virtualKib);
        assertTrue(growthKib < 256 << 10, "grown by " + growthKib + " KiB, was " + residentKib);
    }

    private static String cycle(Path path) throws PosixException {
        try (Engine engine = open(16, BLOCK)) {
            int file = engine.open(new FileRef.At(path), READ);
            engine.read(3, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            assertEquals(BLOCK, engine.result(0));
            return engine.note();
        }
    }

    @Test
    void closingCancelsWhatWouldNeverComplete() throws IOException {
        Path fifo = fifo();
        leaveReadsInFlight(fifo);
        long descriptors = EngineContractIT.descriptors();
        for (int round = 0; round < 20; round++) {
            long began = System.nanoTime();
            leaveReadsInFlight(fifo);
            assertTrue(nobodyReads(fifo), "reads have outlived their engine");
            assertTrue(System.nanoTime() - began < 20_000_000_000L, "waits for storage that never answers");
        }
        assertEquals(descriptors, EngineContractIT.descriptors());
    }

    @Test
    void aClosedFileIsNotKeptOpenByTheKernel() throws IOException {
        Path fifo = fifo();
        try (Engine engine = open(1, BLOCK)) {
            for (int round = 0; round < 20; round++) {
                int file = engine.open(new FileRef.At(fifo), READ_WRITE);
                engine.write(0, file, 0, 0, 1);
                engine.submit();
                assertEquals(Map.of(0, 1), EngineContractIT.results(engine, 1));
                engine.close(file);
                // Kernels before 6.13 let go of it a little later.
                for (long until = System.nanoTime() + 20_000_000_000L; !nobodyReads(fifo); ) {
                    assertTrue(System.nanoTime() < until, "it is still open");
                }
            }
        }
    }

    private static boolean nobodyReads(Path fifo) throws PosixException {
        try (PosixFiles posix = new PosixFiles()) {
            posix.close(
                    posix.open(PosixFiles.AT_FDCWD, fifo.toString(), PosixFiles.O_WRONLY | O_NONBLOCK, 0, "fifo"),
                    "fifo");
            return false;
        } catch (PosixException e) {
            assertEquals(Errno.ENXIO.number, e.errno(), e.getMessage());
            return true;
        }
    }

    private static void leaveReadsInFlight(Path fifo) throws PosixException {
        try (Engine engine = open(8, BLOCK)) {
            int file = engine.open(new FileRef.At(fifo), READ_WRITE);
            for (int slot = 0; slot < 8; slot++) {
                engine.read(slot, file, 0, 0, BLOCK);
                if (slot == 4) {
                    engine.link();
                    engine.sync(8 + slot, file, false);
                }
            }
            engine.submit();
            engine.read(7, file, 0, 0, 0); // queued and never submitted
        }
    }

    @Test
    void aWaitForWhatDoesNotCompleteEndsAtItsTime() throws IOException {
        try (Engine engine = open(2, BLOCK)) {
            int file = engine.open(new FileRef.At(fifo()), READ_WRITE);
            engine.read(0, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(0, engine.reap(1, 0));
            long began = System.nanoTime();
            assertEquals(0, engine.reap(1, 50_000_000));
            assertTrue(System.nanoTime() - began >= 50_000_000);
            engine.write(1, file, 0, 0, 10);
            engine.submit();
            assertEquals(Map.of(0, 10, 1, 10), EngineContractIT.results(engine, 2));
        }
    }

    @Test
    void aSpinningLoopGetsWhatTheKernelCompletesLater() throws IOException {
        try (Engine engine = open(2, BLOCK)) {
            int file = engine.open(new FileRef.At(fifo()), READ_WRITE);
            engine.read(0, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(0, engine.reap(0, 0));
            engine.write(1, file, 0, 0, 10);
            engine.submit();
            int seen = 0;
            while (seen < 2) {
                seen += engine.reap(0, 0);
            }
            assertEquals(2, seen);
        }
    }

    @Test
    void fewerThanAskedForAreSeenWhenTheTimeIsOver() throws IOException {
        try (Engine engine = open(2, BLOCK)) {
            int pipe = engine.open(new FileRef.At(fifo()), READ_WRITE);
            int zero = engine.open(new FileRef.At(Path.of("/dev/zero")), READ);
            engine.read(0, pipe, 0, 0, 10);
            engine.read(1, zero, 0, 0, 10);
            engine.submit();
            assertEquals(1, engine.reap(2, 20_000_000));
            assertEquals(1, engine.slot(0));
            assertEquals(10, engine.result(0));
        }
    }

    @Test
    void anotherThreadIsToldWhoseEngineItIs() throws Exception {
        try (Engine engine = open(1, BLOCK)) {
            int file = engine.open(new FileRef.At(Path.of("/dev/zero")), READ);
            List<Executable> calls = List.of(
                    () -> engine.read(0, file, 0, 0, BLOCK),
                    engine::submit,
                    () -> engine.reap(0, 0),
                    () -> engine.open(new FileRef.At(Path.of("/dev/zero")), READ),
                    () -> engine.close(file),
                    engine::close);
            CompletableFuture<List<IllegalStateException>> refusals = new CompletableFuture<>();
            Thread.ofPlatform().name("stranger").start(() -> {
                List<IllegalStateException> caught = new ArrayList<>();
                for (Executable call : calls) {
                    caught.add(assertThrows(IllegalStateException.class, call));
                }
                refusals.complete(caught);
            });
            for (IllegalStateException e : refusals.get(60, TimeUnit.SECONDS)) {
                assertEquals(
                        "an engine is for the thread that made it, which is '"
                                + Thread.currentThread().getName() + "', not 'stranger'",
                        e.getMessage());
            }
            engine.read(0, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(Map.of(0, BLOCK), EngineContractIT.results(engine, 1));
        }
    }

    @Test
    void noMoreIsQueuedThanThereAreSlotsAndNothingBeyondASlotsMemory() throws IOException {
        try (Engine engine = open(1, BLOCK)) {
            int file = engine.open(new FileRef.At(fifo()), READ_WRITE);
            assertThrows(IllegalStateException.class, engine::link);
            assertThrows(IndexOutOfBoundsException.class, () -> engine.read(1, file, 0, 0, BLOCK));
            assertThrows(IndexOutOfBoundsException.class, () -> engine.read(0, file, 0, 1, BLOCK));
            assertThrows(IndexOutOfBoundsException.class, () -> engine.write(0, file, 0, -1, 1));
            engine.read(0, file, 0, 0, BLOCK);
            engine.submit();
            engine.read(0, file, 0, 0, BLOCK);
            assertThrows(IllegalStateException.class, () -> engine.read(0, file, 0, 0, BLOCK));
        }
    }

    /// As root nothing is locked too much, so that the test gives its rights away where it has them.
    @Test
    void tooLittleLockedMemoryIsRefusedWithTheRemedy() throws Exception {
        open(1, BLOCK).close();
        List<String> command = new ArrayList<>(List.of("prlimit", "--memlock=65536:65536"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all"));
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        command.addAll(List.of(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LockingChild.class.getName()));
        String output = run(command);
        assumeTrue(output.startsWith("child: "), output);
        assertEquals(
                "child: register 1048576 bytes of buffers with io_uring: Cannot allocate memory (ENOMEM, errno 12);"
                        + " the user may lock 65536 bytes in all, and each data thread locks 1048576 and its ring;"
                        + " raise it (ulimit -l, in KiB; LimitMEMLOCK= of a systemd unit), lower iodepth or block"
                        + " size, or choose psync; then 4096 bytes can be had",
                output.strip());
    }

    static final class LockingChild {
        public static void main(String[] args) throws PosixException {
            String refusal;
            try (Engine engine = Engines.open(EngineKind.IO_URING, 256, BLOCK)) {
                refusal = "nothing is refused: " + engine.note();
            } catch (PosixException e) {
                refusal = e.getMessage();
            }
            Engines.open(EngineKind.IO_URING, 1, BLOCK).close();
            System.out.println("child: " + refusal + "; then " + BLOCK + " bytes can be had");
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return e.getMessage();
        }
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(60, TimeUnit.SECONDS) ? output : "it does not end";
        } finally {
            process.destroyForcibly();
        }
    }

    private Path fifo() throws IOException {
        Path fifo = temp.resolve("fifo");
        assumeTrue(TestMounts.run("mkfifo", fifo.toString()) == 0, "no mkfifo");
        return fifo;
    }

    private static Engine open(int depth, int blockBytes) throws PosixException {
        return EngineContractIT.openOrSkip(EngineKind.IO_URING, depth, blockBytes);
    }

    private static long status(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static String slurp(String path, String otherwise) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            return otherwise;
        }
    }
}
