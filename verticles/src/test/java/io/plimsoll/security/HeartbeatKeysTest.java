package io.plimsoll.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeartbeatKeysTest {
    private static final String A = "a1".repeat(32);
    private static final String B = "B2".repeat(64);

    @TempDir
    Path dir;

    private Path file;

    @BeforeEach
    void make() throws IOException {
        file = Files.createFile(
                dir.resolve("keys"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Test
    void aFileHasOneKeyOrTwoAndComments() throws IOException {
        assertEquals(List.of(key("lab", A)), read("lab " + A + "\n").keys());
        assertEquals(
                List.of(key("lab", A), key("lab.2", B)),
                read("# since May\n\n lab\t" + A + "\r\nlab.2   " + B).keys());
        assertTrue(read("lab " + A).authenticate());
        assertFalse(HeartbeatKeys.NONE.authenticate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lab", "lab: A", "A lab", "lab a1a1", "lab Ag", "lab A1", "lab AAA", "-lab A"})
    void aLineThatIsNoKeyIsNamedAndNeverShown(String line) throws IOException {
        String text = line.replace("A", A);
        CredentialsException refused = assertThrows(CredentialsException.class, () -> read("# keys\n" + text));
        assertTrue(refused.getMessage().startsWith(file + ":2 is no heartbeat key"), refused.getMessage());
        assertFalse(refused.getMessage().contains("a1a1"), refused.getMessage());
    }

    @Test
    void noKeyAndThreeKeysAndAFileForEverybodyAreRefused() throws IOException {
        String line = "lab " + A + "\n";
        for (String text : List.of("", "# none\n", line + line + line)) {
            assertThrows(CredentialsException.class, () -> read(text));
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        CredentialsException open = assertThrows(CredentialsException.class, () -> read(line));
        assertTrue(open.getMessage().contains("chmod 600"), open.getMessage());
    }

    @Test
    void keysAreInNoText() throws IOException {
        assertFalse(read("lab " + A).toString().contains("a1"), () -> "shows the key");
    }

    @Test
    void aTagIsTheFirstHalfOfTheHmacOfPurposeClusterAndDatagram() throws Exception {
        byte[] datagram = Arrays.copyOf("beat".getBytes(StandardCharsets.US_ASCII), 4 + HeartbeatTags.BYTES);
        HeartbeatTags tags = new HeartbeatTags(read("lab " + A));
        tags.sign(datagram, 4);
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(new javax.crypto.spec.SecretKeySpec(HexFormat.of().parseHex(A), "HmacSHA256"));
        byte[] expected = mac.doFinal("plimsoll heartbeat\u0003labbeat".getBytes(StandardCharsets.US_ASCII));
        assertEquals(HexFormat.of().formatHex(expected, 0, 16), HexFormat.of().formatHex(datagram, 4, 20));
        assertTrue(tags.genuine(datagram, 4));
        assertFalse(new HeartbeatTags(read("lab2 " + A)).genuine(datagram, 4), "of another cluster");
        assertTrue(new HeartbeatTags(read("lab " + B + "\nlab " + A)).genuine(datagram, 4), "by the second key");
    }

    private HeartbeatKeys read(String text) throws IOException {
        Files.writeString(file, text);
        return HeartbeatKeys.read(file);
    }

    private static HeartbeatKeys.Key key(String cluster, String hex) {
        return new HeartbeatKeys.Key(cluster, HexFormat.of().parseHex(hex));
    }
}
