package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FioNumbersTest {
    /// Right-hand sides as fio 3.33 prints them, but for the last two: fio says 0 and 9.00k.
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1023, 1023",
        "9999, 9999",
        "10000, 10.0k",
        "37049, 37.0k",
        "521000, 521k",
        "3012345, 3012k",
        "30123450, 30.1M",
        "0.5, 0.50",
        "9999.6, 10.0k"
    })
    void countsHaveAtMostFourDigits(double value, String expected) {
        assertEquals(expected, FioNumbers.count(value));
    }

    @ParameterizedTest
    @CsvSource({
        "4096, 4096B, 4096B",
        "1048576, 1024KiB, 1049kB",
        "152043520, 145MiB, 152MB",
        "64802652, 61.8MiB, 64.8MB",
        "8392704, 8196KiB, 8393kB",
        "2132803584, 2034MiB, 2133MB",
        "1099511627776, 1024GiB, 1100GB"
    })
    void bytesAreShownInBothFamilies(double bytes, String binary, String decimal) {
        assertEquals(binary, FioNumbers.binaryBytes(bytes));
        assertEquals(decimal, FioNumbers.decimalBytes(bytes));
    }

    @ParameterizedTest
    @CsvSource({"160, 160", "438840, 438840", "4912400, 4912.4k", "5683211, 5683.2k"})
    void latenciesHaveSixDigits(double value, String expected) {
        assertEquals(expected, FioNumbers.latency(value));
    }
}
