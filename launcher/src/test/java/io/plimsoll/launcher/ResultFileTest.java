package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.bench.BenchJson;
import io.plimsoll.bench.BenchText;
import io.plimsoll.bench.SampleResults;
import io.plimsoll.bench.SaturationHtml;
import io.plimsoll.bench.SaturationJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
    @TempDir
    Path dir;

    @Test
    void whatBenchAndSaturatePrintIsReplaced() throws IOException {
        for (String ours : List.of(
                "",
                BenchText.render(SampleResults.plainResult(), SampleResults.RENDERING),
                BenchText.render(SampleResults.mixedResult(), SampleResults.RENDERING),
                BenchText.render(SampleResults.metadataResult(), SampleResults.RENDERING),
                BenchJson.render(SampleResults.plainResult(), SampleResults.RENDERING, true),
                BenchJson.error("no", SampleResults.RENDERING, 1),
                SaturationJson.error("no", "1.0"),
                "Plimsoll line: 5 IOPS\n",
                "No Plimsoll line: no rate keeps p99<1ms\n",
                "<!DOCTYPE html>\n<html>\n" + SaturationHtml.MARK + " 1.0\">")) {
            Path path = Files.writeString(dir.resolve("file"), ours);
            file(path).check();
            file(path).write("new");
            assertEquals("new", Files.readString(path), ours);
            Files.writeString(path, ours);
            file(path).open().close();
        }
    }

    @Test
    void whatOthersWroteIsNotTouched() throws IOException {
        for (String foreign : List.of(
                "years of work",
                " ",
                "{\"fio version\": \"fio-3.33\"}",
                "{\"jobs\": [{\"plimsoll version\": 1}]}",
                "about the Plimsoll line: a mark on a hull",
                "x: (g=0): rw=read, bs=(R) 4096B-4096B\nfio-3.33\n",
                "<!DOCTYPE html>\n<html>")) {
            Path path = Files.writeString(dir.resolve("file"), foreign);
            for (String message : List.of(
                    assertThrows(CommandException.class, () -> file(path).check())
                            .getMessage(),
                    assertThrows(CommandException.class, () -> file(path).open())
                            .getMessage())) {
                assertEquals(
                        "--out: " + path + " is there already, and is no result of plimsoll; take another", message);
            }
            assertEquals(foreign, Files.readString(path));
        }
    }

    @Test
    void aFileThatIsOpenedKeepsWhatItHasUntilThereIsAResult() throws IOException {
        Path older = Files.writeString(dir.resolve("older"), "Plimsoll line: 5 IOPS\n".repeat(99));
        byte[] before = Files.readAllBytes(older);
        file(older).open().close();
        assertArrayEquals(before, Files.readAllBytes(older));
        try (ResultFile.Opened opened = file(older).open()) {
            opened.write("5 µs");
        }
        assertEquals("5 µs", Files.readString(older));
        file(dir.resolve("made")).open().close();
        assertTrue(Files.notExists(dir.resolve("made")), "nothing stays of a run that was refused");
    }

    @Test
    void aLinkStaysALinkAndADeviceADevice() throws IOException {
        Path real = Files.createFile(dir.resolve("real"));
        Path link = Files.createSymbolicLink(dir.resolve("link"), real);
        file(link).check();
        file(link).write("page");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("page", Files.readString(real));
        file(Path.of("/dev/null")).write("page");
        file(Path.of("/dev/null")).open().close();
        assertTrue(Files.exists(Path.of("/dev/null")) && !Files.isRegularFile(Path.of("/dev/null")));
    }

    private static ResultFile file(Path path) {
        return new ResultFile("--out", path, "take another");
    }
}
