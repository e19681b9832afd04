package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadTimersIT {
    @Test
    void theKernelPutsNoWakeUpOffAnyMore() throws Exception {
        FutureTask<Void> task = new FutureTask<>(() -> {
            // Threads have a directory of their own there too, which is only not listed.
            Path slackNs = Path.of("/proc/" + ThreadCpu.ofCurrentThread().thread() + "/timerslack_ns");
            assertNotEquals("1", Files.readString(slackNs).strip());
            ThreadTimers.makePrecise();
            assertEquals("1", Files.readString(slackNs).strip());
            return null;
        });
        Thread.ofPlatform().start(task);
        task.get();
    }
}
