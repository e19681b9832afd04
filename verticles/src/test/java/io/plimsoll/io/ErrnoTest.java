package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void namesTheNumberAndItsText() {
        assertEquals("No space left on device (ENOSPC, errno 28)", Errno.describe(28));
        assertEquals("errno 99", Errno.describe(99));
        assertEquals(
                "write /mnt/x/data-000003: No space left on device (ENOSPC, errno 28)",
                new PosixException("write", "/mnt/x/data-000003", 28).getMessage());
    }

    @Test
    void findsTheNumberByWhatAProgramPrinted() {
        assertEquals(28, Errno.guess("dd: error writing '/mnt/x': No space left on device\n"));
        assertEquals(30, Errno.guess("dd: failed to open '/x': Read-only file system"));
        assertEquals(0, Errno.guess("dd: something else"));
    }
}
