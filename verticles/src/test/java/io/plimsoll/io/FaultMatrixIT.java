package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Report;
import io.plimsoll.model.SyncPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every fault of the storage, at every call, under every engine: reported with operation, path and errno, and nothing
/// that was not written counts. By a real kernel: a filter answers the calls of the data thread; where an engine makes
/// none (io_uring) and for faults that are no answers, file systems are full, broken, read-only or frozen.
@Timeout(180)
class FaultMatrixIT {
    private static final int CHUNK_BYTES = 100_000;
    private static final int CHUNKS_PER_FILE = 4;
    private static final List<EngineKind> ENGINES =
            List.of(EngineKind.PSYNC, EngineKind.FILECHANNEL, EngineKind.IO_URING, EngineKind.DD);
    private static final List<Errno> ERRNOS = List.of(Errno.ENOSPC, Errno.EDQUOT, Errno.EIO, Errno.EROFS);
    /// Of x86-64 and of arm64.
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    private static final int OPENAT = ARM ? 56 : 257;
    private static final int WRITE = ARM ? 64 : 1;
    private static final int PWRITE = ARM ? 68 : 18;
    private static final int FSYNC = ARM ? 82 : 74;
    private static final int CLOSE = ARM ? 57 : 3;

    private static int tried;
    private static int reported;

    @TempDir
    Path temp;

    @AfterAll
    static void say() {
        System.out.println("fault matrix: " + tried + " cells tried, " + reported + " reported as they must be");
    }

    @Test
    void whatTheKernelAnswersIsReportedWithOperationPathAndErrno() throws Exception {
        for (EngineKind engine : ENGINES) {
            for (WriteObserver.Operation call : List.of(
                    WriteObserver.Operation.OPEN,
                    WriteObserver.Operation.WRITE,
                    WriteObserver.Operation.FSYNC,
                    WriteObserver.Operation.CLOSE)) {
                boolean inTheRing = engine == EngineKind.IO_URING
                        && (call == WriteObserver.Operation.WRITE || call == WriteObserver.Operation.FSYNC);
                for (Errno errno : inTheRing ? List.<Errno>of() : ERRNOS) {
                    answered(engine, call, errno);
                }
            }
        }
    }

    private void answered(EngineKind engine, WriteObserver.Operation call, Errno errno) throws Exception {
        String cell = engine + " " + call + " " + errno;
        Writer writer = new Writer(engine, temp.resolve(cell.replace(' ', '-')), call, errno);
        writer.start();
        writer.await();
        tried++;
        PosixException e = writer.failure;
        assertTrue(e != null, cell + ": " + writer.trouble);
        assertEquals(call.name().toLowerCase(java.util.Locale.ROOT), e.operation(), cell + ": " + e.getMessage());
        assertEquals(errno.number, e.errno(), cell + ": " + e.getMessage());
        assertEquals(writer.target.pathOf("data-000002"), e.path(), cell);
        assertTrue(e.getMessage().contains(errno.name()), cell + ": " + e.getMessage());
        List<Report.FileClosed> files = writer.seen.files;
        assertTrue(files.getFirst().complete(), cell);
        long second = files.size() > 1 ? files.get(1).bytes() : 0;
        assertEquals(
                switch (call) {
                    case OPEN, WRITE, FSYNC, DELETE -> 0;
                    case CLOSE -> (long) CHUNK_BYTES * CHUNKS_PER_FILE;
                },
                second,
                cell + ": nothing counts that the storage has not taken");
        assertTrue(files.size() == 1 || !files.get(1).complete(), cell);
        reported++;
        writer.target.cleanUp();
    }

    @Test
    void mappedFilesReportTheirFaultsToo() throws Exception {
        Map<String, SeccompFilter> calls = Map.of(
                "open", new SeccompFilter(OPENAT, 2, SeccompFilter.ANY_BIT, PosixFiles.O_RDWR),
                "fsync", SeccompFilter.every(FSYNC),
                "close", SeccompFilter.every(CLOSE));
        Path file = Files.write(temp.resolve("mapped"), new byte[CHUNK_BYTES]);
        OpenMode mode = new OpenMode(true, true, false, false, SyncPolicy.OpenFlag.NONE);
        for (Map.Entry<String, SeccompFilter> call : calls.entrySet()) {
            for (Errno errno : ERRNOS) {
                String cell = "MMAP " + call.getKey() + " " + errno;
                List<Object> told = new ArrayList<>();
                Thread thread = Thread.ofPlatform().start(() -> {
                    try {
                        Engine engine = Engines.open(EngineKind.MMAP, 1, CHUNK_BYTES);
                        int open = engine.open(new FileRef.At(file), mode);
                        engine.close(open);
                        open = call.getKey().equals("open") ? -1 : engine.open(new FileRef.At(file), mode);
                        int refused = call.getValue().install(errno.number);
                        if (refused != 0) {
                            told.add("no filter: " + Errno.describe(refused));
                        } else if (open < 0) {
                            engine.open(new FileRef.At(file), mode);
                        } else if (call.getKey().equals("close")) {
                            engine.close(open);
                        } else {
                            engine.sync(0, open, false);
                            engine.submit();
                            engine.reap(1, -1);
                            told.add(engine.result(0));
                        }
                    } catch (PosixException e) {
                        told.add(e);
                    }
                });
                thread.join();
                assumeTrue(!told.toString().contains("no filter"), told.toString());
                tried++;
                if (call.getKey().equals("fsync")) {
                    assertEquals(List.of(-errno.number), told, cell);
                } else {
                    PosixException e = (PosixException) told.getFirst();
                    assertEquals(call.getKey(), e.operation(), cell);
                    assertEquals(errno.number, e.errno(), cell + ": " + e.getMessage());
                    assertEquals(file.toString(), e.path(), cell);
                }
                reported++;
            }
        }
    }

    @Test
    void aDiskThatIsFullCutsAWriteShortAndThatIsSaid() throws Exception {
        for (EngineKind engine : ENGINES) {
            try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "1m")) {
                Writer writer = new Writer(engine, temp.resolve("m/d"));
                writer.start();
                writer.await();
                failed(writer, Set.of("write"), Set.of(Errno.ENOSPC));
                assertTrue(
                        engine == EngineKind.DD || writer.failure.getMessage().contains(" bytes were written"),
                        writer.failure.getMessage());
                reported++;
            }
        }
    }

    @Test
    void aDiskBelowTheFileSystemThatTakesNothingIsFoundByFsync() throws Exception {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("b"), "40m");
                TestMounts _ = TestMounts.ext4(temp.resolve("m"), temp.resolve("b/image"), "256m")) {
            List<Writer> writers = claimed(temp.resolve("m"));
            try {
                Files.write(temp.resolve("b/others"), new byte[40 << 20]);
            } catch (IOException e) {
                System.out.println("filled: " + e.getMessage());
            }
            writers.forEach(Writer::start);
            for (Writer writer : writers) {
                writer.await();
                failed(writer, Set.of("fsync"), Set.of(Errno.EIO, Errno.ENOSPC));
                assertEquals(0, writer.seen.files.getLast().bytes(), "nothing counts that may be lost");
                reported++;
            }
        }
    }

    @Test
    void aFileSystemThatTurnsReadOnlyIsNamed() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "64m")) {
            List<Writer> writers = writing(temp.resolve("m"));
            disk.abort();
            for (Writer writer : writers) {
                writer.await();
                failed(writer, Set.of("open", "write", "fsync", "unlink"), Set.of(Errno.EROFS, Errno.EIO));
                reported++;
            }
        }
    }

    @Test
    void aQuotaIsNamed() throws Exception {
        try (TestMounts _ = TestMounts.made("btrfs", temp.resolve("m"), temp.resolve("image"), "256m")) {
            assumeTrue(
                    TestMounts.run("btrfs", "quota", "enable", temp.resolve("m").toString()) == 0, "no quotas");
            for (EngineKind engine : ENGINES) {
                String volume = temp.resolve("m/" + engine).toString();
                assumeTrue(TestMounts.run("btrfs", "subvolume", "create", volume) == 0, "no subvolume");
                assumeTrue(TestMounts.run("btrfs", "qgroup", "limit", "1M", volume) == 0, "no limit");
                Writer writer = new Writer(engine, temp.resolve("m/" + engine + "/d"));
                writer.start();
                writer.await();
                failed(writer, Set.of("open", "write", "fsync", "unlink"), Set.of(Errno.EDQUOT));
                reported++;
            }
        }
    }

    @Test
    void aFrozenDiskShowsAsACallThatDoesNotComeBackAndGoesOnAfterwards() throws Exception {
        try (TestMounts disk = TestMounts.ext4(temp.resolve("m"), temp.resolve("image"), "256m")) {
            List<Writer> writers = writing(temp.resolve("m"));
            assumeTrue(disk.freeze(), "not allowed to freeze");
            try {
                for (Writer writer : writers) {
                    tried++;
                    writer.waitUntilStuck();
                }
            } finally {
                disk.thaw();
            }
            for (Writer writer : writers) {
                long before = writer.seen.chunks;
                writer.waitFor(() -> writer.seen.chunks > before + CHUNKS_PER_FILE, "it does not go on");
                writer.stop = true;
                writer.await();
                assertEquals(null, writer.failure, writer.engine + "");
                reported++;
                writer.target.cleanUp();
            }
        }
    }

    /// One of each engine, in a directory of its own.
    private static List<Writer> claimed(Path mount) throws IOException {
        List<Writer> writers = new ArrayList<>();
        for (EngineKind engine : ENGINES) {
            writers.add(new Writer(engine, mount.resolve(engine.name())));
        }
        return writers;
    }

    /// Likewise; all have written when this returns.
    private static List<Writer> writing(Path mount) throws Exception {
        List<Writer> writers = claimed(mount);
        writers.forEach(Writer::start);
        for (Writer writer : writers) {
            writer.waitFor(() -> writer.seen.chunks > CHUNKS_PER_FILE, "it does not write");
        }
        return writers;
    }

    private static void failed(Writer writer, Set<String> operations, Set<Errno> errnos) {
        tried++;
        String cell = writer.engine + ": " + writer.trouble;
        PosixException e = writer.failure;
        assertTrue(e != null, cell);
        assertTrue(operations.contains(e.operation()), cell);
        assertTrue(errnos.stream().anyMatch(errno -> errno.number == e.errno()), cell);
        assertTrue(e.path().startsWith(writer.target.path() + "/data-"), cell);
        long declared =
                writer.seen.files.stream().mapToLong(Report.FileClosed::bytes).sum();
        assertTrue(declared <= writer.seen.bytes, "more is declared than was written");
        assertFalse(writer.seen.files.getLast().complete() && e.operation().equals("fsync"), cell);
    }

    /// A data thread that writes files until it is stopped, or until something fails.
    private static final class Writer {
        private final EngineKind engine;
        private final TargetDirectory target;
        private final WriteObserver.Operation fault;
        private final Errno errno;
        private final Recording seen;
        private final Thread thread;
        private volatile boolean stop;
        private volatile PosixException failure;
        private volatile String trouble = "nothing failed";

        private Writer(EngineKind engine, Path directory) throws IOException {
            this(engine, directory, null, null);
        }

        /// @param fault the call that fails in the second file; null where nothing fails of itself
        private Writer(EngineKind engine, Path directory, WriteObserver.Operation fault, Errno errno)
                throws IOException {
            this.engine = engine;
            this.fault = fault;
            this.errno = errno;
            target = TargetDirectory.claim(directory, "test");
            seen = new Recording() {
                @Override
                public void begins(Operation operation, long nowNs) {
                    super.begins(operation, nowNs);
                    if (operation == fault && files.size() == 1) {
                        refuse();
                    }
                }
            };
            thread = Thread.ofPlatform().name("data-" + engine).unstarted(this::write);
        }

        private void refuse() {
            SeccompFilter filter = switch (fault) {
                case OPEN -> new SeccompFilter(OPENAT, 2, SeccompFilter.ANY_BIT, PosixFiles.O_CREAT);
                case WRITE ->
                    engine == EngineKind.DD
                            ? new SeccompFilter(WRITE, 0, SeccompFilter.EQUAL, 1)
                            : SeccompFilter.every(PWRITE);
                case FSYNC -> SeccompFilter.every(FSYNC);
                case CLOSE -> SeccompFilter.every(CLOSE);
                case DELETE -> throw new IllegalStateException("not a cell");
            };
            int refused = filter.install(errno.number);
            if (refused != 0) {
                trouble = "no filter: " + Errno.describe(refused);
                stop = true;
            }
        }

        private void start() {
            thread.start();
        }

        private void write() {
            ChunkPlan plan =
                    new ChunkPlan(CHUNK_BYTES, (long) CHUNK_BYTES * CHUNKS_PER_FILE, 3_600_000, 2, engine, true);
            // Not closed where closing is what fails: it has no other thread to be closed on.
            try {
                ChunkFiles files = ChunkFiles.in(target, engine, CHUNK_BYTES, false, 1);
                RollingWriter writer =
                        new RollingWriter(plan, files, seen, System::nanoTime, System::currentTimeMillis);
                try {
                    while (!stop) {
                        writer.step();
                    }
                    writer.finish();
                } catch (PosixException e) {
                    failure = e;
                    trouble = e.getMessage();
                    finish(writer);
                }
                if (fault != WriteObserver.Operation.CLOSE) {
                    files.close();
                }
            } catch (Throwable e) {
                trouble = e.toString();
            }
        }

        private static void finish(RollingWriter writer) {
            try {
                writer.finish();
            } catch (PosixException e) {
                System.out.println("and then: " + e.getMessage());
            }
        }

        private void await() throws InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            assertFalse(thread.isAlive(), engine + " does not end");
            assumeTrue(!trouble.startsWith("no filter"), trouble);
        }

        private interface Condition {
            boolean holds();
        }

        private void waitFor(Condition condition, String complaint) throws InterruptedException {
            for (long until = System.nanoTime() + 60_000_000_000L; !condition.holds(); ) {
                assertTrue(System.nanoTime() < until && thread.isAlive(), engine + ": " + complaint + "; " + trouble);
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }

        /// One call is under way, and stays so.
        private void waitUntilStuck() throws InterruptedException {
            int[] same = {0, -1};
            waitFor(
                    () -> {
                        boolean inCall = seen.begun == seen.done + 1;
                        same[0] = inCall && seen.begun == same[1] ? same[0] + 1 : 0;
                        same[1] = seen.begun;
                        return same[0] == 40;
                    },
                    "it is not stuck");
        }
    }
}
