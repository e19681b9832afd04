package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.SyncPolicy.OpenFlag;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DdEngineIT {
    private static final int BLOCK = 10_000;
    private static final OpenMode CREATE = new OpenMode(false, true, true, false, OpenFlag.NONE);

    @TempDir
    Path temp;

    private int result;
    private String detail;

    @Test
    void aMissingDdIsSaid() throws IOException {
        PosixException e = fails("/no/such/dd");
        assertEquals("run /no/such/dd", e.operation());
        assertTrue(
                e.getMessage().contains("cannot be started; install coreutils, or take another engine than dd"),
                e.getMessage());
    }

    @Test
    void itsErrorLineAndTheNumberBehindItAreTold() throws IOException {
        write(script("echo 1+0 records in; echo \"dd: error writing 'x': No space left on device\" >&2;"
                + " echo '5000 bytes (5 kB) copied, 0.1 s'; exit 1"));
        assertEquals(-28, result);
        assertEquals("dd ended with 1: dd: error writing 'x': No space left on device", detail);
    }

    @Test
    void anErrorWithoutANumberIsTheEndOfTheEngine() throws IOException {
        assertTrue(fails(script("echo \"dd: invalid conversion: 'notrunc'\"; exit 1"))
                .getMessage()
                .contains("dd ended with 1: dd: invalid conversion"));
    }

    @Test
    void anEndWithoutASummaryIsNoSuccess() throws IOException {
        assertTrue(fails(script("exit 0")).getMessage().contains("it printed nothing"));
        assertTrue(
                fails(script("echo 10000 Bytes kopiert, 0,1 s")).getMessage().contains("10000 Bytes kopiert, 0,1 s"));
    }

    @Test
    void lessThanABlockIsAShortResult() throws IOException {
        assertEquals(100_000_000, told("5000 bytes (5.0 kB, 4.9 KiB) copied, 0.1 s, 50 kB/s"));
        assertEquals(5000, result);
    }

    @Test
    void readsEveryFormOfItsTime() throws IOException {
        assertEquals(51_000, told("10000 bytes (10 kB, 9.8 KiB) copied, 5.1e-05 s, 196 MB/s"));
        assertEquals(1_500_000_000, told("10000 bytes (9.8KB) copied, 1.500000 seconds, 6.5KB/s"));
        assertEquals(12_000_000_000L, told("10000 bytes (10 kB) copied, 12 s, 833 B/s"));
    }

    @Test
    void runsInTheCLocale() throws IOException {
        assertEquals(1_000_000_000, told("10000 bytes copied, $([ \"$LC_ALL\" = C ] && echo 1 || echo 9) s"));
    }

    @Test
    void aCtrlCAtTheTerminalDoesNotEndTheChunk() throws IOException {
        String stopped =
                script("kill -INT $$; kill -TERM $$; kill -HUP $$; echo '10000 bytes (10 kB) copied, 1 s' >&2");
        assertEquals(1_000_000_000L, write(stopped));
    }

    @Test
    void whateverTakesTheNameOfTheFileIsNotTouched() throws IOException {
        Path path = Files.write(temp.resolve("f"), new byte[2 * BLOCK]);
        Path moved = temp.resolve("moved");
        Path thesis = Files.writeString(temp.resolve("thesis"), "42");
        try (TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "test");
                Engine engine = new DdEngine(1, BlockSizes.of(BLOCK))) {
            int named = engine.open(new FileRef.At(path), new OpenMode(true, true, false, false, OpenFlag.NONE));
            int claimed = engine.open(new FileRef.In(target.tree(), "data-000001"), CREATE);
            Files.move(path, moved);
            Files.createSymbolicLink(path, thesis);
            Files.move(temp.resolve("d"), temp.resolve("elsewhere"));
            engine.memory(0).fill((byte) 'x');
            assertEquals(BLOCK, one(engine, () -> engine.write(0, named, BLOCK, 0, BLOCK)));
            assertEquals(BLOCK, one(engine, () -> engine.read(0, named, 0, 0, BLOCK)));
            assertEquals(0, engine.memory(0).get(ValueLayout.JAVA_BYTE, 0));
            engine.memory(0).fill((byte) 'y');
            assertEquals(BLOCK, one(engine, () -> engine.write(0, claimed, 0, 0, BLOCK)));
        }
        assertEquals("42", Files.readString(thesis));
        assertEquals('x', Files.readAllBytes(moved)[2 * BLOCK - 1]);
        assertEquals('y', Files.readAllBytes(temp.resolve("elsewhere/data-000001"))[0]);
    }

    @Test
    void itsErrorNamesTheFileAsTheUserDoes() throws IOException {
        Path file = Files.write(temp.resolve("f"), new byte[BLOCK]);
        String dd = script("for a; do case $a in if=*) echo \"dd: failed to open '${a#if=}': Input/output error\" >&2;"
                + " esac; done; exit 1");
        try (Engine engine = new DdEngine(1, BlockSizes.of(BLOCK), dd)) {
            int number = engine.open(new FileRef.At(file), new OpenMode(true, false, false, false, OpenFlag.NONE));
            assertEquals(-Errno.EIO.number, one(engine, () -> engine.read(0, number, 0, 0, BLOCK)));
            assertEquals("dd ended with 1: dd: failed to open '" + file + "': Input/output error", engine.detail(0));
        }
    }

    private static int one(Engine engine, Runnable queue) throws PosixException {
        queue.run();
        engine.submit();
        assertEquals(1, engine.reap(1, -1));
        return engine.result(0);
    }

    @Test
    void itsOwnTimeIsThatOfTheOperation() throws IOException {
        Path path = temp.resolve("f");
        Files.write(path, new byte[BLOCK]);
        try (Engine engine = new DdEngine(2, BlockSizes.of(BLOCK))) {
            int file = engine.open(new FileRef.At(path), new OpenMode(true, true, false, false, OpenFlag.NONE));
            engine.read(1, file, 0, 0, BLOCK);
            engine.sync(2, file, true);
            long begin = System.nanoTime();
            engine.submit();
            assertEquals(2, engine.reap(1, -1));
            long elapsedNs = System.nanoTime() - begin;
            assertTrue(engine.toldNs(0) > 0 && engine.toldNs(0) < elapsedNs, engine.toldNs(0) + " of " + elapsedNs);
            assertEquals(-1, engine.toldNs(1));
        }
    }

    @Test
    void readsAndWritesPastThePageCache() throws IOException {
        Path path = temp.resolve("f");
        Files.write(path, new byte[4 * 4096]);
        try (Engine engine = new DdEngine(1, BlockSizes.of(4096))) {
            int file;
            try {
                file = engine.open(new FileRef.At(path), new OpenMode(true, true, false, true, OpenFlag.DSYNC));
            } catch (PosixException e) {
                assertEquals(Errno.EINVAL.number, e.errno(), e.getMessage());
                assumeTrue(false, "this file system has no direct I/O");
                return;
            }
            engine.memory(0).fill((byte) 7);
            engine.write(0, file, 4096, 0, 4096);
            engine.link();
            engine.read(0, file, 4096, 0, 4096);
            engine.submit();
            assertEquals(2, engine.reap(2, -1));
            assertEquals(4096, engine.result(0), engine.detail(0));
            assertEquals(4096, engine.result(1), engine.detail(1));
            assertEquals(7, Files.readAllBytes(path)[8191]);
            // Not a multiple of what direct I/O needs: dd says why.
            engine.read(0, file, 100, 0, 4096);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            assertEquals(-Errno.EINVAL.number, engine.result(0));
            assertTrue(engine.detail(0).startsWith("dd ended with 1: dd: "), engine.detail(0));
        }
    }

    @Test
    void readsAndWritesDevicesThatHaveNoEnd() throws IOException {
        try (Engine engine = new DdEngine(1, BlockSizes.of(4096))) {
            OpenMode direct = new OpenMode(true, true, false, true, OpenFlag.NONE);
            int zero = engine.open(new FileRef.At(Path.of("/dev/zero")), direct);
            int sink = engine.open(new FileRef.At(Path.of("/dev/null")), direct);
            engine.read(0, zero, 8192, 0, 4096);
            engine.link();
            engine.write(0, sink, 8192, 0, 4096);
            engine.submit();
            assertEquals(2, engine.reap(2, -1));
            assertEquals(4096, engine.result(0), engine.detail(0));
            assertEquals(4096, engine.result(1), engine.detail(1));
        }
    }

    private PosixException fails(String program) {
        return assertThrows(PosixException.class, () -> write(program));
    }

    private long told(String line) throws IOException {
        return write(script("echo \"" + line.replace("\"", "\\\"").replace("\\\"$LC_ALL\\\"", "$LC_ALL") + "\" >&2"));
    }

    private long write(String program) throws IOException {
        try (TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "test");
                Engine engine = new DdEngine(1, BlockSizes.of(BLOCK), program)) {
            try {
                int file = engine.open(new FileRef.In(target.tree(), "data-000001"), CREATE);
                engine.write(0, file, 0, 0, BLOCK);
                engine.submit();
                assertEquals(1, engine.reap(1, -1));
                result = engine.result(0);
                detail = engine.detail(0);
                return engine.toldNs(0);
            } finally {
                target.cleanUp();
            }
        }
    }

    private String script(String body) throws IOException {
        Path script = Files.createTempFile(temp, "dd", ".sh");
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }
}
