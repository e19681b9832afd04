package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The probes of the truth checks, on this machine's kernel.
class ProbesIT {
    private static final int BYTES = 4 << 20;

    @TempDir
    Path directory;

    @Test
    void writtenBytesAreCountedForTheProcessAndAtTheDevice() throws IOException {
        Storage storage = Storage.of(directory);
        ProcessIo before = ProcessIo.sample().orElse(null);
        assumeTrue(before != null, "this kernel does not tell /proc/self/io");
        assumeTrue(storage.kind() == Storage.Kind.DEVICE, "temporary files lie on " + storage.fileSystem());
        DeviceCounters device = storage.counters().orElseThrow();

        write(directory.resolve("data"));

        ProcessIo did = ProcessIo.sample().orElseThrow().minus(before);
        DeviceCounters deviceDid = storage.counters().orElseThrow().minus(device);
        assertTrue(did.writtenBytes() >= BYTES, did.toString());
        assertTrue(deviceDid.writtenBytes() >= BYTES && deviceDid.writes() > 0, deviceDid.toString());
        assertFalse(storage.device().orElseThrow().isEmpty());
    }

    @Test
    void characterDevicesAreNoStorage() {
        assertEquals(Storage.Kind.CHARACTERS, Storage.of(Path.of("/dev/zero")).kind());
        assertEquals(Storage.Kind.CHARACTERS, Storage.of(Path.of("/dev/null")).kind());
        assertTrue(Storage.of(Path.of("/dev/null")).counters().isEmpty());
    }

    @Test
    void procfsIsNoStorageThatCanBeFollowedAndNothingThereIsNoFailure() {
        assertEquals(Storage.Kind.OTHER, Storage.of(Path.of("/proc/self")).kind());
        assertEquals(
                Storage.Kind.OTHER, Storage.of(directory.resolve("nothing")).kind());
    }

    @Test
    void timesAndPressureNeverRunBackwards() {
        CpuTimes times = CpuTimes.sample().orElseThrow();
        Pressure pressure = Pressure.sample();
        CpuLimit limit = CpuLimit.ofThisProcess();
        var throttled = limit.sample();

        assertTrue(times.busyNs() > 0 && times.idleShare() <= 1);
        pressure.cpuNs()
                .ifPresent(before -> assertTrue(Pressure.sample().cpuNs().orElseThrow() >= before));
        throttled.ifPresent(before -> assertTrue(limit.sample().orElseThrow().throttledNs() >= before.throttledNs()));
        assertTrue(Memory.totalBytes().orElseThrow() > 1 << 20);
    }

    private static void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (ByteBuffer bytes = ByteBuffer.allocate(BYTES); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        assertEquals(BYTES, Files.size(file));
    }
}
