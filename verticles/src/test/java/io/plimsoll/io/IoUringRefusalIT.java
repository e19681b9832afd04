package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.model.EngineKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A child asks for the engine under a real seccomp filter, as those of container runtimes are, that it has put upon
/// itself.
class IoUringRefusalIT {
    private static final int SYS_IO_URING_SETUP = 425;
    private static final int BLOCK = 4096;

    @TempDir
    Path temp;

    @Test
    void aFilterThatForbidsItIsNamedWithTheRemedy() throws Exception {
        assumeNotDisabled();
        assertEquals(
                "child: set up io_uring: Operation not permitted (EPERM, errno 1); a seccomp filter forbids it, as"
                        + " container runtimes' do; allow io_uring_setup, io_uring_enter and io_uring_register in the"
                        + " profile, or choose psync; psync can be had",
                refusal(Errno.EPERM, List.of()));
    }

    @Test
    void aFilterThatHidesItIsNamedWithTheRemedy() throws Exception {
        assertEquals(
                "child: set up io_uring: Function not implemented (ENOSYS, errno 38); this kernel has no io_uring, or a"
                        + " seccomp filter hides it; it needs Linux 5.11, or choose psync; psync can be had",
                refusal(Errno.ENOSYS, List.of()));
    }

    /// The setting is the whole machine's, so that the child only sees another one, in a mount namespace of its own;
    /// the refusal is the filter's.
    @Test
    void theSettingThatForbidsItIsNamedWithTheRemedy() throws Exception {
        Path setting = Path.of("/proc/sys/kernel/io_uring_disabled");
        assumeTrue(Files.exists(setting), "this kernel has no such setting");
        for (String value : List.of("1", "2")) {
            Path other = Files.writeString(temp.resolve("disabled"), value + "\n");
            List<String> inNamespace = List.of(
                    "unshare",
                    "--mount",
                    "sh",
                    "-c",
                    "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"",
                    other.toString(),
                    setting.toString());
            String said = refusal(Errno.EPERM, inNamespace);
            assumeTrue(said.startsWith("child: "), said);
            String remedy = switch (value) {
                case "1" -> "is 1 and the user is not in kernel.io_uring_group; run as root, set it to 0";
                default -> "is 2; set it to 0";
            };
            assertEquals(
                    "child: set up io_uring: Operation not permitted (EPERM, errno 1); kernel.io_uring_disabled "
                            + remedy + " with sysctl, or choose psync; psync can be had",
                    said);
        }
    }

    private static void assumeNotDisabled() throws IOException {
        Path setting = Path.of("/proc/sys/kernel/io_uring_disabled");
        assumeTrue(!Files.exists(setting) || Files.readString(setting).strip().equals("0"), "it is forbidden anyway");
    }

    /// What a child says; anything else where it could not be made.
    private static String refusal(Errno errno, List<String> within) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(within);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FilteredChild.class.getName(),
                Integer.toString(errno.number)));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return e.getMessage();
        }
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
            assumeTrue(!output.startsWith("no filter: "), output);
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    static final class FilteredChild {
        public static void main(String[] args) throws PosixException {
            try (Engine _ = Engines.open(EngineKind.PSYNC, 1, BLOCK)) {
                // Loaded before the filter, which is for the calling thread and io_uring alone.
            }
            int refused = SeccompFilter.every(SYS_IO_URING_SETUP).install(Integer.parseInt(args[0]));
            if (refused != 0) {
                System.out.println("no filter: " + Errno.describe(refused));
                return;
            }
            String said;
            try (Engine engine = Engines.open(EngineKind.IO_URING, 1, BLOCK)) {
                said = "nothing is refused: " + engine.note();
            } catch (PosixException e) {
                said = e.getMessage();
            }
            Engines.open(EngineKind.PSYNC, 1, BLOCK).close();
            System.out.println("child: " + said + "; psync can be had");
        }
    }
}
