package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.plimsoll.model.EngineKind;
import io.plimsoll.model.SyncPolicy.OpenFlag;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// What a data loop may rely on, whichever engine it was given.
@Timeout(120)
class EngineContractIT {
    static final List<EngineKind> ENGINES =
            List.of(EngineKind.PSYNC, EngineKind.IO_URING, EngineKind.FILECHANNEL, EngineKind.MMAP, EngineKind.DD);

    /// A mapping is of a file that has its size already.
    static final List<EngineKind> CREATING_ENGINES =
            ENGINES.stream().filter(kind -> kind != EngineKind.MMAP).toList();

    private static final int BLOCK = 4096;
    private static final OpenMode READ = new OpenMode(true, false, false, false, OpenFlag.NONE);
    private static final OpenMode READ_WRITE = new OpenMode(true, true, false, false, OpenFlag.NONE);

    @TempDir
    Path temp;

    @ParameterizedTest
    @FieldSource("ENGINES")
    void whatIsWrittenIsReadAgainWhateverSlotsAndOffsets(EngineKind kind) throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int depth : new int[] {1, 2, 7, 64}) {
            byte[] expected = new byte[128 * BLOCK];
            random.nextBytes(expected);
            Path path = Files.write(temp.resolve("data-" + depth), expected);
            try (Engine engine = openOrSkip(kind, depth, BLOCK)) {
                int file = engine.open(new FileRef.At(path), READ_WRITE);
                writeSome(engine, file, expected, random);
                assertArrayEquals(expected, readAll(engine, file, expected.length, random));
            }
            assertArrayEquals(expected, Files.readAllBytes(path));
        }
    }

    /// As many at a time as there are slots, in batches of any size, and each block at most once in flight.
    private static void writeSome(Engine engine, int file, byte[] expected, Random random) throws PosixException {
        Turns turns = new Turns(engine);
        BitSet busy = new BitSet();
        Map<Integer, Integer> blockOf = new HashMap<>();
        for (int written = 0; written < 300; ) {
            for (int batch = 1 + random.nextInt(engine.depth()); batch > 0 && turns.anyFree(); batch--) {
                int block = random.nextInt(expected.length / BLOCK);
                if (busy.get(block)) {
                    continue;
                }
                busy.set(block);
                int slot = turns.take();
                blockOf.put(slot, block);
                int at = random.nextInt(3) * 512;
                int bytes = BLOCK - at - random.nextInt(3) * 512;
                byte[] fresh = new byte[bytes];
                random.nextBytes(fresh);
                MemorySegment.copy(fresh, 0, engine.memory(slot), ValueLayout.JAVA_BYTE, at, bytes);
                System.arraycopy(fresh, 0, expected, block * BLOCK + at, bytes);
                turns.expect(slot, bytes);
                engine.write(slot, file, (long) block * BLOCK + at, at, bytes);
            }
            engine.submit();
            for (int slot : turns.reap(1)) {
                busy.clear(blockOf.get(slot));
                written++;
            }
        }
        turns.reapAll();
    }

    private static byte[] readAll(Engine engine, int file, int bytes, Random random) throws PosixException {
        byte[] read = new byte[bytes];
        Turns turns = new Turns(engine);
        List<Integer> blocks = new ArrayList<>();
        for (int block = 0; block < bytes / BLOCK; block++) {
            blocks.add(block);
        }
        Collections.shuffle(blocks, random);
        Map<Integer, Integer> blockOf = new HashMap<>();
        while (!blocks.isEmpty() || turns.inFlight() > 0) {
            while (!blocks.isEmpty() && turns.anyFree()) {
                int slot = turns.take();
                int block = blocks.removeLast();
                blockOf.put(slot, block);
                turns.expect(slot, BLOCK);
                engine.read(slot, file, (long) block * BLOCK, 0, BLOCK);
            }
            engine.submit();
            for (int slot : turns.reap(1)) {
                int at = blockOf.get(slot) * BLOCK;
                MemorySegment.copy(engine.memory(slot), ValueLayout.JAVA_BYTE, 0, read, at, BLOCK);
            }
        }
        return read;
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void aReadAcrossTheEndIsShortAndOneBehindItIsZero(EngineKind kind) throws IOException {
        Path path = Files.write(temp.resolve("data"), new byte[BLOCK + 100]);
        try (Engine engine = openOrSkip(kind, 2, BLOCK)) {
            int file = engine.open(new FileRef.At(path), READ);
            engine.read(0, file, BLOCK, 0, BLOCK);
            engine.read(1, file, 2 * BLOCK, 0, BLOCK);
            engine.submit();
            assertEquals(Map.of(0, 100, 1, 0), results(engine, 2));
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void theRestOfAShortOneGoesBehindWhatIsThere(EngineKind kind) throws IOException {
        Path path = Files.write(temp.resolve("data"), "0123456789".repeat(1000).getBytes());
        try (Engine engine = openOrSkip(kind, 1, BLOCK)) {
            int file = engine.open(new FileRef.At(path), READ);
            engine.read(0, file, 0, 0, 7);
            engine.submit();
            assertEquals(Map.of(0, 7), results(engine, 1));
            engine.read(0, file, 7, 7, 5);
            engine.submit();
            assertEquals(Map.of(0, 5), results(engine, 1));
            byte[] read = engine.memory(0).asSlice(0, 12).toArray(ValueLayout.JAVA_BYTE);
            assertEquals("012345678901", new String(read));
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void aFailureIsAResultAndTheEngineGoesOn(EngineKind kind) throws IOException {
        Path path = Files.write(temp.resolve("data"), new byte[BLOCK]);
        try (Engine engine = openOrSkip(kind, 1, BLOCK)) {
            int file = engine.open(new FileRef.At(path), READ);
            engine.write(0, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(Map.of(0, -Errno.EBADF.number), results(engine, 1));
            engine.read(0, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(Map.of(0, BLOCK), results(engine, 1));
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void whatIsLinkedRunsAfterASuccessAndIsCanceledAfterAFailure(EngineKind kind) throws IOException {
        Path path = Files.write(temp.resolve("data"), new byte[BLOCK]);
        try (Engine engine = openOrSkip(kind, 2, BLOCK)) {
            int writable = engine.open(new FileRef.At(path), READ_WRITE);
            int readable = engine.open(new FileRef.At(path), READ);
            for (boolean dataOnly : new boolean[] {false, true}) {
                engine.write(0, writable, 0, 0, BLOCK);
                engine.link();
                engine.sync(2, writable, dataOnly);
                engine.write(1, readable, 0, 0, BLOCK);
                engine.link();
                engine.sync(3, readable, dataOnly);
                engine.submit();
                assertEquals(Map.of(0, BLOCK, 2, 0, 1, -Errno.EBADF.number, 3, Engine.CANCELED), results(engine, 4));
            }
            engine.read(0, readable, 1, 0, BLOCK);
            engine.link();
            engine.sync(2, readable, false);
            engine.sync(3, readable, true);
            engine.submit();
            assertEquals(Map.of(0, BLOCK - 1, 2, Engine.CANCELED, 3, 0), results(engine, 3), "a short one fails too");
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void slotsAreQueuedAgainWhileCompletionsAreLookedAt(EngineKind kind) throws IOException {
        Path path = Files.write(temp.resolve("data"), new byte[8 * BLOCK]);
        int depth = 5;
        try (Engine engine = openOrSkip(kind, depth, BLOCK)) {
            int file = engine.open(new FileRef.At(path), READ);
            int[] bytesOf = new int[2 * depth];
            for (int slot = 0; slot < depth; slot++) {
                engine.read(slot, file, 0, 0, bytesOf[slot] = 100 + slot);
                engine.sync(slot + depth, file, true);
            }
            engine.submit();
            int inFlight = 2 * depth;
            for (int seen = 0, next = 1000; seen < 500; ) {
                int completed = engine.reap(1, -1);
                assertTrue(completed >= 1 && completed <= inFlight, () -> completed + " completions");
                BitSet slots = new BitSet();
                for (int i = 0; i < completed; i++, seen++) {
                    int slot = engine.slot(i);
                    assertTrue(!slots.get(slot), "a slot completes once");
                    slots.set(slot);
                    assertEquals(bytesOf[slot], engine.result(i));
                    if (slot < depth) {
                        engine.read(slot, file, 0, 0, bytesOf[slot] = next++);
                    } else {
                        engine.sync(slot, file, true);
                    }
                    engine.submit();
                }
            }
            for (int left = inFlight; left > 0; ) {
                left -= engine.reap(left, -1);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void reapingNothingEndsAtItsTime(EngineKind kind) throws IOException {
        try (Engine engine = openOrSkip(kind, 4, BLOCK)) {
            engine.submit();
            assertEquals(0, engine.reap(1, -1), "there is nothing that could complete");
            assertEquals(0, engine.reap(1, 0));
            assertEquals(0, engine.reap(0, 1_000_000));
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void numbersOfClosedFilesAreUsedAgain(EngineKind kind) throws IOException {
        Path a = Files.write(temp.resolve("a"), "aaaa".getBytes());
        Path b = Files.write(temp.resolve("b"), "bbbb".getBytes());
        try (Engine engine = openOrSkip(kind, 1, BLOCK)) {
            List<Integer> numbers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                numbers.add(engine.open(new FileRef.At(a), READ));
            }
            for (int i = 0; i < 200; i++) {
                assertEquals(i, numbers.get(i));
            }
            engine.close(77);
            assertEquals(77, engine.open(new FileRef.At(b), READ));
            for (int file : new int[] {77, 199}) {
                engine.read(0, file, 0, 0, 4);
                engine.submit();
                assertEquals(Map.of(0, 4), results(engine, 1));
                String expected = file == 77 ? "bbbb" : "aaaa";
                assertEquals(expected, new String(engine.memory(0).asSlice(0, 4).toArray(ValueLayout.JAVA_BYTE)));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("CREATING_ENGINES")
    void filesOfADirectoryAreCreatedOnceAndNeverThroughALink(EngineKind kind) throws IOException {
        try (TargetDirectory directory = TargetDirectory.claim(temp.resolve("d"), "test");
                Engine engine = openOrSkip(kind, 1, BLOCK)) {
            OpenMode create = new OpenMode(true, true, true, false, OpenFlag.NONE);
            FileRef ref = new FileRef.In(directory.tree(), "data-000001");
            int file = engine.open(ref, create);
            engine.memory(0).fill((byte) 7);
            engine.write(0, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(Map.of(0, BLOCK), results(engine, 1));
            engine.close(file);
            byte[] sevens = new byte[BLOCK];
            Arrays.fill(sevens, (byte) 7);
            assertArrayEquals(sevens, Files.readAllBytes(ref.path()));
            assertEquals(Errno.EEXIST.number, refused(engine, ref, create).errno());

            FileRef link = new FileRef.In(directory.tree(), "data-000002");
            Files.createSymbolicLink(link.path(), temp.resolve("victim"));
            Files.createFile(temp.resolve("victim"));
            assertEquals(Errno.ELOOP.number, refused(engine, link, READ_WRITE).errno());
            assertEquals(Errno.EEXIST.number, refused(engine, link, create).errno());
            FileRef absent = new FileRef.In(directory.tree(), "data-000003");
            assertEquals(Errno.ENOENT.number, refused(engine, absent, READ).errno());
            Files.delete(link.path());
            directory.cleanUp();
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void everyWayOfOpeningWritesTheSame(EngineKind kind) throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        byte[] bytes = new byte[BLOCK];
        new Random(seed).nextBytes(bytes);
        for (OpenFlag flag : OpenFlag.values()) {
            for (boolean direct : new boolean[] {false, true}) {
                Path path = Files.write(temp.resolve("data"), new byte[BLOCK]);
                try (Engine engine = openOrSkip(kind, 1, BLOCK)) {
                    OpenMode mode = new OpenMode(true, true, false, direct, flag);
                    int file;
                    try {
                        file = engine.open(new FileRef.At(path), mode);
                    } catch (PosixException e) {
                        assertTrue(direct, e.getMessage());
                        assertTrue(e.getMessage().contains("--direct=0"), e.getMessage());
                        continue;
                    }
                    MemorySegment.copy(bytes, 0, engine.memory(0), ValueLayout.JAVA_BYTE, 0, BLOCK);
                    engine.write(0, file, 0, 0, BLOCK);
                    engine.submit();
                    assertEquals(Map.of(0, BLOCK), results(engine, 1));
                }
                assertEquals(HexFormat.of().formatHex(bytes), HexFormat.of().formatHex(Files.readAllBytes(path)));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("ENGINES")
    void endingGivesAllDescriptorsBack(EngineKind kind) throws IOException {
        Path path = Files.write(temp.resolve("data"), new byte[BLOCK]);
        openAndClose(kind, path); // whatever the JDK itself keeps open from then on
        long before = descriptors();
        for (int i = 0; i < 50; i++) {
            openAndClose(kind, path);
        }
        assertEquals(before, descriptors());
    }

    private static void openAndClose(EngineKind kind, Path path) throws IOException {
        try (Engine engine = openOrSkip(kind, 8, BLOCK)) {
            engine.close(engine.open(new FileRef.At(path), READ));
            engine.open(new FileRef.At(path), READ);
            int file = engine.open(new FileRef.At(path), READ_WRITE);
            engine.read(0, file, 0, 0, BLOCK);
            engine.submit();
        }
    }

    /// Skips the test where the kernel does not let this user have io_uring, or so much locked memory.
    static Engine openOrSkip(EngineKind kind, int depth, int blockBytes) throws PosixException {
        try {
            return Engines.open(kind, depth, blockBytes);
        } catch (PosixException e) {
            assumeFalse(e.getMessage().matches("set up io_uring: .*|.* the user may lock .*"), e.getMessage());
            throw e;
        }
    }

    static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static PosixException refused(Engine engine, FileRef ref, OpenMode mode) {
        return assertThrows(PosixException.class, () -> engine.open(ref, mode));
    }

    /// By slot, of the next `count` completions.
    static Map<Integer, Integer> results(Engine engine, int count) throws PosixException {
        Map<Integer, Integer> results = new HashMap<>();
        while (results.size() < count) {
            int completed = engine.reap(1, -1);
            assertTrue(completed > 0, "an endless wait ends with a completion");
            for (int i = 0; i < completed; i++) {
                results.put(engine.slot(i), engine.result(i));
            }
        }
        return results;
    }

    /// Slots of one test, and the bytes that each is to complete with.
    private static final class Turns {
        private final Engine engine;
        private final List<Integer> free = new ArrayList<>();
        private final int[] expected;

        Turns(Engine engine) {
            this.engine = engine;
            expected = new int[engine.depth()];
            for (int slot = 0; slot < expected.length; slot++) {
                free.add(slot);
            }
        }

        boolean anyFree() {
            return !free.isEmpty();
        }

        int inFlight() {
            return expected.length - free.size();
        }

        int take() {
            return free.removeFirst();
        }

        void expect(int slot, int bytes) {
            expected[slot] = bytes;
        }

        List<Integer> reap(int min) throws PosixException {
            List<Integer> slots = new ArrayList<>();
            int completed = engine.reap(min, -1);
            for (int i = 0; i < completed; i++) {
                assertEquals(expected[engine.slot(i)], engine.result(i));
                slots.add(engine.slot(i));
            }
            free.addAll(slots);
            return slots;
        }

        void reapAll() throws PosixException {
            while (inFlight() > 0) {
                reap(inFlight());
            }
        }
    }
}
