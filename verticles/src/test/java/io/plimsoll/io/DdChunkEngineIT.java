package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DdChunkEngineIT {
    @TempDir
    Path temp;

    @Test
    void aMissingDdIsSaid() throws IOException {
        PosixException e = fails("/no/such/dd");
        assertEquals("run /no/such/dd", e.operation());
        assertTrue(e.getMessage().contains("cannot be started; install coreutils or leave -dd away"), e.getMessage());
    }

    @Test
    void itsErrorLineAndTheNumberBehindItAreTold() throws IOException {
        PosixException e =
                fails(script("echo 1+0 records in; echo \"dd: error writing 'x': No space left on device\" >&2;"
                        + " echo '5000 bytes (5 kB) copied, 0.1 s'; exit 1"));
        assertEquals(28, e.errno());
        assertTrue(e.getMessage().contains("dd ended with 1: dd: error writing 'x': No space left"), e.getMessage());
    }

    @Test
    void anEndWithoutASummaryIsNoSuccess() throws IOException {
        assertTrue(fails(script("exit 0")).getMessage().contains("it printed nothing"));
        assertTrue(
                fails(script("echo 10000 Bytes kopiert, 0,1 s")).getMessage().contains("10000 Bytes kopiert, 0,1 s"));
    }

    @Test
    void lessThanAChunkIsNoSuccess() throws IOException {
        assertTrue(fails(script("echo '5000 bytes (5.0 kB, 4.9 KiB) copied, 0.1 s, 50 kB/s'"))
                .getMessage()
                .contains("it wrote 5000 of 10000 bytes"));
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
    void aDirectoryThatIsGoneIsItsErrorToo() throws IOException {
        TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "test");
        try (target;
                DdChunkEngine engine = new DdChunkEngine(target, 10_000, 1)) {
            engine.open("data-000001");
            Files.move(temp.resolve("d"), temp.resolve("elsewhere"));
            engine.prepare();
            PosixException e = assertThrows(PosixException.class, () -> engine.write(0));
            assertEquals(2, e.errno(), e.getMessage());
        }
    }

    private PosixException fails(String program) throws IOException {
        return assertThrows(PosixException.class, () -> write(program));
    }

    private long told(String line) throws IOException {
        return write(script("echo \"" + line.replace("\"", "\\\"").replace("\\\"$LC_ALL\\\"", "$LC_ALL") + "\" >&2"));
    }

    private long write(String program) throws IOException {
        try (TargetDirectory target = TargetDirectory.claim(temp.resolve("d"), "test");
                DdChunkEngine engine = new DdChunkEngine(target, 10_000, 1, program)) {
            engine.open("data-000001");
            engine.prepare();
            try {
                engine.write(0);
                return engine.toldNs();
            } finally {
                engine.closeFile();
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
