package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.plimsoll.io.Storage;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReadBackNoteTest {
    private static final Optional<Long> ALL = Optional.of(1_000_000L);
    private static final Optional<Long> SOME = Optional.of(12_000L);
    private static final Optional<Long> NONE = Optional.of(0L);

    @Test
    void saysHowItWasRead() {
        assertEquals(
                "1 MB of what was written were read back past the page cache; all of it came from the storage (by"
                        + " /proc/self/io)",
                note(0, true, ALL, Storage.Kind.DEVICE));
        assertEquals(
                "1 MB of what was written were read back after a sync, with the page cache dropped; all of it came from"
                        + " the storage (by /proc/self/io)",
                note(0, false, Optional.of(3_000_000L), Storage.Kind.DEVICE));
        assertEquals(
                "1 MB of what was written were read back after a sync, with the page cache dropped but for 8.19 kB;"
                    + " 991.8 kB of it came from the storage (by /proc/self/io): that the rest is on it is not shown",
                note(8192, false, Optional.of(3_000_000L), Storage.Kind.DEVICE));
    }

    @Test
    void neverSaysMoreThanTheKernelDoes() {
        String notShown = "12 kB of it came from the storage (by /proc/self/io): that the rest is on it is not shown";
        String unknown = "how much of it came from the storage is not known here";
        for (Storage.Kind kind : Storage.Kind.values()) {
            if (kind != Storage.Kind.MEMORY) {
                assertEquals(notShown, told(note(0, true, SOME, kind)), kind + "");
                assertEquals(unknown, told(note(0, true, Optional.empty(), kind)), kind + "");
            }
        }
        assertEquals(unknown, told(note(0, false, NONE, Storage.Kind.POOL)));
        assertEquals(unknown, told(note(0, false, NONE, Storage.Kind.NFS)));
        assertEquals(
                "0 B of it came from the storage (by /proc/self/io): that the rest is on it is not shown",
                told(note(0, false, NONE, Storage.Kind.DEVICE)));
        ReadBack.Done noPagesTold = new ReadBack.Done(1_000_000, OptionalLong.empty());
        assertEquals(
                "1 MB of what was written were read back after a sync, with the page cache told to drop it; " + unknown,
                ReadBackNote.of(Optional.of(noPagesTold), false, Optional.empty(), Storage.Kind.OTHER, "fuse"));
        assertEquals(
                "1 MB of what was written were read back from memory: tmpfs is nothing else",
                ReadBackNote.of(
                        Optional.of(new ReadBack.Done(1_000_000, OptionalLong.of(0))),
                        true,
                        ALL,
                        Storage.Kind.MEMORY,
                        "tmpfs"));
    }

    @Test
    void saysWhenNothingWasReadBack() {
        assertEquals(
                "what was written was not read back: the job ended before",
                ReadBackNote.of(Optional.empty(), false, ALL, Storage.Kind.DEVICE, "ext4"));
        assertEquals(
                "nothing was written that could be read back",
                ReadBackNote.of(
                        Optional.of(new ReadBack.Done(0, OptionalLong.of(0))),
                        false,
                        ALL,
                        Storage.Kind.DEVICE,
                        "ext4"));
    }

    private static String note(long cached, boolean direct, Optional<Long> fetched, Storage.Kind kind) {
        ReadBack.Done done = new ReadBack.Done(1_000_000, OptionalLong.of(cached));
        return ReadBackNote.of(Optional.of(done), direct, fetched, kind, "ext4");
    }

    private static String told(String note) {
        return note.substring(note.indexOf("; ") + 2);
    }
}
