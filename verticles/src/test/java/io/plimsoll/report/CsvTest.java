package io.plimsoll.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CsvTest {
    @Test
    void cellsAreQuotedAsRfc4180Says() {
        assertEquals(
                "plain,\"a,b\",\"say \"\"hi\"\"\",,\" x\"\r\n",
                Csv.line(Arrays.asList("plain", "a,b", "say \"hi\"", null, " x")));
    }

    @Test
    void textThatASpreadsheetWouldRunIsDisarmed() {
        assertEquals(
                "\"'=HYPERLINK(\"\"http://x\"\",1)\",'+1,'-1,'@SUM(A1)\r\n",
                Csv.line(List.of("=HYPERLINK(\"http://x\",1)", "+1", "-1", "@SUM(A1)")));
        assertEquals("'\\u0009=1,'\\u000d=1\r\n", Csv.line(List.of("\t=1", "\r=1")));
    }

    @Test
    void aRecordStaysOnItsLineAndNothingInItSteersATerminal() {
        assertEquals("a\\u000d\\u000ab,\\u001b[2J\r\n", Csv.line(List.of("a\r\nb", "\u001b[2J")));
    }

    @Test
    void numbersArePlainAndMayBeNegative() {
        assertEquals("-5,0.00001,1230000000000,true,\r\n", Csv.line(List.of(-5L, 1e-5, 1.23e12, true, Double.NaN)));
    }
}
