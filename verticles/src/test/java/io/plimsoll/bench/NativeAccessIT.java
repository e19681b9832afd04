package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Jobs in a JVM that denies native access.
@Timeout(120)
class NativeAccessIT {
    @TempDir
    Path temp;

    /// The part of the test that runs in a JVM of its own.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws InterruptedException {
            JobTarget zero = new JobTarget.File(Path.of("/dev/zero"));
            JobTarget directory = new JobTarget.Directory(Path.of(args[0]));
            Load rate = new Load.Open(1_000, Load.Arrival.LINEAR, Load.Pacer.HYBRID);
            say(EngineKind.FILECHANNEL, List.of(), zero, new Load.Closed());
            say(EngineKind.IO_URING, List.of(EngineKind.FILECHANNEL), zero, new Load.Closed());
            say(EngineKind.PSYNC, List.of(), zero, new Load.Closed());
            say(EngineKind.FILECHANNEL, List.of(), zero, rate);
            say(EngineKind.FILECHANNEL, List.of(), directory, new Load.Closed());
        }

        private static void say(EngineKind kind, List<EngineKind> fallbacks, JobTarget target, Load load)
                throws InterruptedException {
            Work work = new Work.Blocks(
                    AccessMode.READ,
                    100,
                    BlockSizes.of(4096),
                    new Distribution.Uniform(),
                    64 * 4096,
                    1,
                    SyncPolicy.NONE,
                    Content.RANDOM);
            JobPlan.EngineChoice engine = new JobPlan.EngineChoice(kind, 1, false, fallbacks, List.of());
            JobPlan plan = new JobPlan("denied", work, engine, 1, load, new JobPlan.Span(0, 0, false), 1);
            try {
                JobResult result = Bench.run(new JobRequest(plan, target, false, false), Progress.NONE, () -> false);
                System.out.println(result.engine().word() + " "
                        + result.direction(Direction.READ).orElseThrow().ops());
            } catch (IOException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }

    @Test
    void aJobThatNeedsNativeCallsIsRefusedWithTheRemedy() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--illegal-native-access=deny",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        temp.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        String need = "calls of libc need native access: start Java with --enable-native-access=ALL-UNNAMED";
        assertEquals(
                String.join(
                        "\n",
                        "filechannel 64",
                        "filechannel 64",
                        "JobRefusedException: psync: " + need,
                        "JobRefusedException: " + need,
                        "JobRefusedException: " + need,
                        ""),
                output);
        assertArrayEquals(new String[0], temp.toFile().list(), "nothing was made");
    }
}
