package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class UringTest {
    @Test
    void aRefusalNamesWhatForbidsItAndWhatToDo() {
        assertTrue(Uring.remedy(Errno.EPERM.number, "2").startsWith("kernel.io_uring_disabled is 2; set it to 0"));
        assertTrue(Uring.remedy(Errno.EPERM.number, "1").contains("kernel.io_uring_group"));
        assertTrue(Uring.remedy(Errno.EPERM.number, "0").contains("seccomp"));
        assertTrue(Uring.remedy(Errno.ENOSYS.number, "0").contains("it needs Linux 5.11"));
        for (Errno errno : List.of(Errno.EPERM, Errno.ENOSYS)) {
            assertTrue(Uring.remedy(errno.number, "0").endsWith("or choose psync"));
        }
        assertTrue(Uring.remedy(Errno.ENOMEM.number, "0").contains("ulimit -l"));
        assertTrue(Uring.remedy(Errno.EMFILE.number, "0").contains("ulimit -n"));
        assertEquals("", Uring.remedy(Errno.EIO.number, "0"));
    }
}
