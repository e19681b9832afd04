package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.BlockSizes.Part;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FioWordsTest {
    /// The same as fio 3.33 makes of them.
    @ParameterizedTest
    @CsvSource({
        "4096, 4096",
        "4096b, 4096",
        "4k, 4096",
        "4K, 4096",
        "4kb, 4096",
        "1m, 1048576",
        "2G, 2147483648",
        "1t, 1099511627776",
        "1p, 1125899906842624",
        "0, 0"
    })
    void sizesArePowersOfTwo(String text, long bytes) {
        assertEquals(bytes, FioWords.size(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4KiB|fio reads 4kib as 4000 bytes and 4ki as 4096",
                "4ki|write 4k (4096), or bytes",
                "50%|shares of a file system are not supported",
                "1.5k|is not a size; write 4k",
                "-1|is not a size",
                "k|is not a size",
                "4 k|is not a size",
                "9999999999g|more than 8 EiB",
                "9223372036854775808|more than 8 EiB"
            })
    void sizesThatFioReadsOtherwiseOrNotAtAllAreRefused(String text, String why) {
        refused(why, () -> FioWords.size(text));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 10000000000",
        "10s, 10000000000",
        "500ms, 500000000",
        "500msec, 500000000",
        "200us, 200000",
        "2m, 120000000000",
        "1h, 3600000000000",
        "1d, 86400000000000",
        "0, 0"
    })
    void aTimeWithoutUnitIsInSeconds(String text, long ns) {
        assertEquals(ns, FioWords.timeNs(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "1.5", "1d2h", "-1", "10 s", "400d", "999999999999d"})
    void timesThatAreNoneAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> FioWords.timeNs(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "512", "4k", "3m", "1g", "1t", "8191p", "1000"})
    void aSizeIsSaidAsItCanBeTyped(String text) {
        assertEquals(text, FioWords.sizeWord(FioWords.size(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "10", "500ms", "200us", "1d"})
    void aTimeIsSaidAsItCanBeTyped(String text) {
        assertEquals(text, FioWords.timeWord(FioWords.timeNs(text)));
    }

    @Test
    void aFractionOfASecondIsWrittenInMilliseconds() {
        refused("write 500ms", () -> FioWords.timeNs("0.5"));
        refused("write 1250ms", () -> FioWords.timeNs("1.25s"));
    }

    @Test
    void aSplitDividesWhatIsLeftAmongSizesWithoutShare() {
        assertEquals(new BlockSizes(List.of(new Part(4096, 60), new Part(65536, 40))), FioWords.split("4k/60:64k/40"));
        assertEquals(
                new BlockSizes(List.of(new Part(4096, 10), new Part(65536, 50), new Part(32768, 40))),
                FioWords.split("4k/10:64k/50:32k/"));
        assertEquals(
                new BlockSizes(List.of(new Part(1, 33), new Part(2, 33), new Part(3, 34))), FioWords.split("1:2:3"));
        refused("add up to 120", () -> FioWords.split("4k/60:64k/60"));
        refused("add up to 90", () -> FioWords.split("4k/50:64k/40"));
        refused("write 4k/60:64k/40", () -> FioWords.split("4k/60:"));
        refused("write 4k/60:64k/40", () -> FioWords.split("4k/sixty"));
        refused("more than 1g", () -> FioWords.split("2g/100"));
    }

    @Test
    void oneBlockSizeIsForReadsAndWrites() {
        assertEquals(BlockSizes.of(8192), FioWords.blockSize("8k"));
        refused("several sizes by --bssplit", () -> FioWords.blockSize("4k,8k"));
        refused("several sizes by --bssplit", () -> FioWords.blockSize("4k-8k"));
        refused("more than 1g", () -> FioWords.blockSize("2g"));
        refused("'0' is no block size; write 4k", () -> FioWords.blockSize("0"));
        refused("'-1' is not a size", () -> FioWords.blockSize("-1"));
    }

    @Test
    void distributionsHaveTheirParameter() {
        assertEquals(new Distribution.Uniform(), FioWords.distribution("random"));
        assertEquals(new Distribution.Uniform(), FioWords.distribution("uniform"));
        assertEquals(new Distribution.Zipf(1.1), FioWords.distribution("zipf:1.1"));
        assertEquals(new Distribution.Pareto(0.2), FioWords.distribution("pareto:0.2"));
        refused("write zipf:1.2", () -> FioWords.distribution("zipf"));
        refused("write zipf:1.2", () -> FioWords.distribution("zipf:x"));
        refused("theta must be", () -> FioWords.distribution("zipf:1"));
        refused("random has no parameter", () -> FioWords.distribution("random:1"));
        refused("write random, zipf:1.2 or pareto:0.2", () -> FioWords.distribution("normal:10"));
    }

    @Test
    void enginesOfFiosThatWeLackHaveAnOtherToTake() {
        for (EngineKind kind : EngineKind.values()) {
            assertEquals(kind, FioWords.engine(kind.word()));
        }
        refused("write io_uring", () -> FioWords.engine("libaio"));
        refused("write psync", () -> FioWords.engine("sync"));
        refused("write psync", () -> FioWords.engine("pvsync2"));
        refused("write null, psync, io_uring", () -> FioWords.engine("rbd"));
    }

    @Test
    void cpusAreNumbersAndRanges() {
        assertEquals(List.of(0, 2, 3), FioWords.cpus("0,2-3"));
        assertEquals(List.of(0, 2), FioWords.cpus("2:0:2"));
        refused("goes backwards", () -> FioWords.cpus("3-1"));
        refused("write 0,2-3", () -> FioWords.cpus("all"));
        refused("write 0,2-3", () -> FioWords.cpus(""));
    }

    @Test
    void ratesArePlainNumbers() {
        assertEquals(0.5, FioWords.rate("0.5"));
        assertEquals(100_000, FioWords.rate("100000"));
        refused("fio reads 1k as 1024", () -> FioWords.rate("1k"));
        refused("is not a rate", () -> FioWords.rate("1000,500"));
        refused("is not a rate", () -> FioWords.rate("NaN"));
    }

    @Test
    void percentilesAreAscendingAndFew() {
        assertEquals(List.of(50.0, 99.0, 99.9), FioWords.percentiles("99:50:99.9:50"));
        refused("above 0, at most 100", () -> FioWords.percentiles("101"));
        refused("write 50:99:99.9", () -> FioWords.percentiles("50,99"));
        refused(
                "allowed: 1 to 20",
                () -> FioWords.percentiles("1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20:21"));
    }

    private static void refused(String why, org.junit.jupiter.api.function.Executable reading) {
        String message = assertThrows(IllegalArgumentException.class, reading).getMessage();
        assertTrue(message.contains(why), message);
    }
}
