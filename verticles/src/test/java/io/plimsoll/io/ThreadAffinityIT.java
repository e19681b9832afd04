package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadAffinityIT {
    @Test
    void aPinnedThreadMayRunNowhereElse() throws Exception {
        onThread(() -> {
            String all = allowed();
            int last = Integer.parseInt(all.replaceAll(".*[-,]", ""));
            ThreadAffinity.pin(List.of());
            assertEquals(all, allowed());
            ThreadAffinity.pin(List.of(last));
            assertEquals(Integer.toString(last), allowed());
            return null;
        });
    }

    @Test
    void aProcessorThatIsNotThereIsRefusedAndNothingIsChanged() throws Exception {
        onThread(() -> {
            String all = allowed();
            int first = Integer.parseInt(all.replaceAll("[-,].*", ""));
            for (List<Integer> cpus : List.of(List.of(1023), List.of(first, 1023))) {
                PosixException e = assertThrows(PosixException.class, () -> ThreadAffinity.pin(cpus));
                assertEquals(
                        "pin a data thread to CPU 1023: Invalid argument (EINVAL, errno 22);"
                                + " this process may run on " + all,
                        e.getMessage());
                assertEquals(all, allowed());
            }
            return null;
        });
    }

    private static String allowed() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findFirst()
                .orElseThrow()
                .substring("Cpus_allowed_list:".length())
                .strip();
    }

    private static void onThread(Callable<Void> test) throws Exception {
        FutureTask<Void> task = new FutureTask<>(test);
        Thread.ofPlatform().start(task);
        task.get();
    }
}
