package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.SyncPolicy.OpenFlag;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FileChannelEngineIT {
    private static final int BLOCK = 4096;

    @TempDir
    Path temp;

    /// The part of the test that runs in a JVM of its own.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            FileRef file = new FileRef.At(Path.of(args[0]));
            for (EngineKind kind : List.of(EngineKind.FILECHANNEL, EngineKind.MMAP)) {
                try (Engine engine = Engines.open(kind, 2, BLOCK)) {
                    int number = engine.open(file, new OpenMode(true, true, false, false, OpenFlag.NONE));
                    engine.write(0, number, 0, 0, BLOCK);
                    engine.link();
                    engine.sync(2, number, true);
                    engine.read(1, number, BLOCK, 0, BLOCK);
                    engine.submit();
                    System.out.println(engine.reap(3, -1) + " of " + kind.word() + ": " + engine.result(0) + " "
                            + engine.result(1) + " " + engine.result(2));
                }
            }
            try {
                new Posix().close();
                System.out.println("native access is there");
            } catch (NativeAccessException _) {
                System.out.println("native access is denied");
            }
        }
    }

    @Test
    void worksWhereJavaDeniesNativeAccess() throws Exception {
        Path file = temp.resolve("f");
        Files.write(file, new byte[2 * BLOCK]);
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--illegal-native-access=deny",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        assertEquals("3 of filechannel: 4096 0 4096\n3 of mmap: 4096 0 4096\nnative access is denied\n", output);
    }

    @Test
    void fillsAFullDiskAndSaysSo() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "64k");
                Engine engine = new FileChannelEngine(1, BlockSizes.of(100_000))) {
            int file = engine.open(
                    new FileRef.At(temp.resolve("m/f")), new OpenMode(false, true, true, false, OpenFlag.NONE));
            engine.write(0, file, 0, 0, 100_000);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            int there = engine.result(0);
            assertTrue(there > 0 && there < 100_000, "short: " + there);
            engine.write(0, file, there, there, 100_000 - there);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            assertEquals(-Errno.ENOSPC.number, engine.result(0), engine.detail(0));
        }
    }

    @Test
    void worksPastThePageCacheOnAlignedBlocksOnly() throws IOException {
        Path path = temp.resolve("f");
        Files.write(path, new byte[16 * BLOCK]);
        try (Engine engine = new FileChannelEngine(1, BlockSizes.of(BLOCK))) {
            int file;
            try {
                file = engine.open(new FileRef.At(path), new OpenMode(true, true, false, true, OpenFlag.NONE));
            } catch (PosixException e) {
                assertEquals(Errno.EINVAL.number, e.errno(), e.getMessage());
                assumeTrue(false, "this file system has no direct I/O");
                return;
            }
            engine.write(0, file, BLOCK, 0, BLOCK);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            assertEquals(BLOCK, engine.result(0), engine.detail(0));
            engine.read(0, file, BLOCK, 0, 100);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            assertEquals(-Errno.EINVAL.number, engine.result(0));
            assertTrue(engine.detail(0).contains("multiple of the block size"), engine.detail(0));
        }
    }

    @Test
    void readsAndWritesDevicesThatHaveNoEnd() throws IOException {
        try (Engine engine = new FileChannelEngine(1, BlockSizes.of(BLOCK))) {
            for (boolean direct : new boolean[] {false, true}) {
                OpenMode read = new OpenMode(true, false, false, direct, OpenFlag.NONE);
                OpenMode write = new OpenMode(false, true, false, direct, OpenFlag.NONE);
                int zero = engine.open(new FileRef.At(Path.of("/dev/zero")), read);
                int sink = engine.open(new FileRef.At(Path.of("/dev/null")), write);
                engine.memory(0).fill((byte) 1);
                engine.read(0, zero, 10L * BLOCK, 0, BLOCK);
                engine.link();
                engine.write(0, sink, 10L * BLOCK, 0, BLOCK);
                engine.submit();
                assertEquals(2, engine.reap(2, -1));
                assertEquals(BLOCK, engine.result(0), engine.detail(0));
                assertEquals(BLOCK, engine.result(1), engine.detail(1));
                assertEquals(0, engine.memory(0).get(java.lang.foreign.ValueLayout.JAVA_BYTE, BLOCK - 1));
            }
        }
    }

    @Test
    void anInterruptEndsTheFileNotTheEngine() throws IOException {
        Path path = temp.resolve("f");
        Files.write(path, new byte[BLOCK]);
        try (Engine engine = new FileChannelEngine(1, BlockSizes.of(BLOCK))) {
            int file = engine.open(new FileRef.At(path), new OpenMode(true, false, false, false, OpenFlag.NONE));
            Thread.currentThread().interrupt();
            assertEquals(-Errno.EINTR.number, read(engine, file));
            assertTrue(Thread.interrupted());
            assertEquals(-Errno.EBADF.number, read(engine, file));
            engine.close(file);
            file = engine.open(new FileRef.At(path), new OpenMode(true, false, false, false, OpenFlag.NONE));
            assertEquals(BLOCK, read(engine, file));
        }
    }

    @Test
    void moreMemoryThanTheJvmHasIsRefusedWithTheRemedy() {
        PosixException e =
                assertThrows(PosixException.class, () -> new FileChannelEngine(4096, BlockSizes.of(1 << 30)));
        assertTrue(
                e.getMessage().contains("ENOMEM") && e.getMessage().contains("-XX:MaxDirectMemorySize"),
                e.getMessage());
    }

    @Test
    void readingAndWritingAllocatesNothing() throws IOException {
        allocatesNothing(EngineKind.FILECHANNEL);
        allocatesNothing(EngineKind.MMAP);
    }

    private void allocatesNothing(EngineKind kind) throws IOException {
        Path path = temp.resolve(kind.word());
        Files.write(path, new byte[16 * BLOCK]);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Engine engine = Engines.open(kind, 1, BLOCK)) {
            int file = engine.open(new FileRef.At(path), new OpenMode(true, true, false, false, OpenFlag.NONE));
            int window = 20_000;
            long allocated = Long.MAX_VALUE;
            // Nothing at all once the calls are compiled, whenever the compiler comes to it.
            for (int i = 0; i < 100 && allocated > window / 10; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int n = 0; n < window; n++) {
                    engine.read(0, file, n % 16 * BLOCK, 0, BLOCK);
                    engine.submit();
                    engine.reap(1, -1);
                    engine.write(0, file, n % 16 * BLOCK, 0, BLOCK);
                    engine.submit();
                    engine.reap(1, -1);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertEquals(BLOCK, engine.result(0));
            }
            assertTrue(allocated <= window / 10, kind + ": " + allocated + " bytes for " + window + " pairs");
        }
    }

    private static int read(Engine engine, int file) throws PosixException {
        engine.read(0, file, 0, 0, BLOCK);
        engine.submit();
        assertEquals(1, engine.reap(1, -1));
        return engine.result(0);
    }
}
