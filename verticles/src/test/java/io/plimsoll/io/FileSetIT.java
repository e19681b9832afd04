package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plimsoll.io.FileSet.Need;
import io.plimsoll.io.FileSet.Progress;
import io.plimsoll.io.FileSet.State;
import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FileSetIT {
    private static final int BLOCK = 4096;
    /// Not of whole pieces: what is left over is written in another way.
    private static final long SIZE = (5 << 20) / 2 + 3 * BLOCK;

    @TempDir
    Path temp;

    @Test
    void filesOfReadsHoldTheJobsContentToTheEnd() throws IOException {
        for (boolean direct : List.of(false, true)) {
            String name = "read" + direct;
            try (FileSet set = inDirectory(name, need(AccessMode.RANDREAD, 2, 3).direct(direct))) {
                State state = set.state();
                assertEquals(List.of(0, 6, 0, 0), counts(state));
                assertEquals(6 * SIZE, state.filledBytes());
                assertEquals(direct, state.filledDirect());
                assertTrue(state.words().startsWith("6 files of 2.63 MB: 6 filled (15.8 MB "), state.words());
                for (int thread = 0; thread < 2; thread++) {
                    for (int file = 0; file < 3; file++) {
                        FileRef ref = set.files(thread).get(file);
                        assertEquals(
                                temp.resolve("plimsoll-bench/" + name + "/" + name + "." + thread + "." + file),
                                ref.path());
                        assertHolds(ref.path(), thread, file);
                    }
                }
            }
        }
    }

    @Test
    void filesAreUsedAgainWhereSizeAndContentAreTheSame() throws IOException {
        Wanted wanted = need(AccessMode.READ, 2, 1);
        inDirectory("job", wanted).close();
        Path file = bench("job").resolve("job.1.0");
        Object before = Files.getAttribute(file, "unix:ctime");
        try (FileSet again = inDirectory("job", wanted)) {
            assertEquals(List.of(2, 0, 0, 0), counts(again.state()));
        }
        assertEquals(before, Files.getAttribute(file, "unix:ctime"), "a file that is used again is not touched");
        try (FileSet more = inDirectory("job", need(AccessMode.RANDRW, 3, 1))) {
            assertEquals(List.of(2, 1, 0, 0), counts(more.state()), "one more thread needs one more file");
        }
        try (FileSet smaller =
                inDirectory("job", need(AccessMode.RANDREAD, 3, 1).size(BLOCK))) {
            assertEquals(List.of(3, 0, 0, 0), counts(smaller.state()), "a part of a file will do");
        }
        try (FileSet larger = inDirectory("job", need(AccessMode.RANDREAD, 1, 1).size(SIZE + BLOCK))) {
            assertEquals(List.of(0, 1, 0, 0), counts(larger.state()));
        }
        try (FileSet other = inDirectory("job", need(AccessMode.RANDREAD, 2, 1).shape("zeros"))) {
            assertEquals(List.of(0, 2, 0, 0), counts(other.state()), "other content");
        }
    }

    @Test
    void aFileThatWasCutOrHasAHoleIsFilledAgain() throws IOException {
        Wanted wanted = need(AccessMode.READ, 2, 1);
        inDirectory("job", wanted).close();
        truncate(bench("job").resolve("job.0.0"), SIZE - 1);
        try (FileSet set = inDirectory("job", wanted)) {
            assertEquals(List.of(1, 1, 0, 0), counts(set.state()));
            assertHolds(set.files(0).getFirst().path(), 0, 0);
        }
        Path holed = bench("job").resolve("job.1.0");
        truncate(holed, 0);
        truncate(holed, SIZE);
        assumeTrue(FileExtents.of(holed).holeBytes().isPresent(), "this file system does not tell holes");
        try (FileSet set = inDirectory("job", wanted)) {
            assertEquals(List.of(1, 1, 0, 0), counts(set.state()));
            assertHolds(holed, 1, 0);
        }
    }

    @Test
    void randomWritesMeetDataAndSequentialOnesBeginEmptyEveryTime() throws IOException {
        try (FileSet set = inDirectory("job", need(AccessMode.RANDWRITE, 1, 1))) {
            assertEquals(List.of(0, 1, 0, 0), counts(set.state()));
        }
        for (int run = 0; run < 2; run++) {
            try (FileSet set = inDirectory("job", need(AccessMode.WRITE, 1, 1))) {
                assertEquals(List.of(0, 0, 1, 0), counts(set.state()));
                assertEquals(0, Files.size(set.files(0).getFirst().path()));
            }
        }
        try (FileSet set = inDirectory("job", need(AccessMode.WRITE, 1, 1).overwriting())) {
            assertEquals(List.of(0, 1, 0, 0), counts(set.state()), "empty since the run before");
            assertHolds(set.files(0).getFirst().path(), 0, 0);
        }
        Wanted write = need(AccessMode.WRITE, 1, 1);
        Need filled = new Need(write.need().work(), 1, false, false, false, true, true);
        try (FileSet set = FileSet.inDirectory(temp, "mapped", filled, write.content(), Progress.NONE)) {
            assertEquals(List.of(0, 1, 0, 0), counts(set.state()));
        }
    }

    @Test
    void whatASequentialJobWroteToTheEndNeedsNoFilling() throws IOException {
        Wanted write = need(AccessMode.WRITE, 2, 1);
        try (FileSet set = inDirectory("job", write)) {
            Files.write(set.files(0).getFirst().path(), new byte[(int) SIZE]);
            Files.write(set.files(1).getFirst().path(), new byte[(int) SIZE - 1]);
        }
        try (FileSet set = inDirectory("job", need(AccessMode.READ, 2, 1))) {
            assertEquals(List.of(1, 1, 0, 0), counts(set.state()));
        }
    }

    @Test
    void whatIsVerifiedIsNeverWrittenAnew() throws IOException {
        Wanted verify = need(AccessMode.READ, 1, 1).verifying();
        inDirectory("job", need(AccessMode.RANDWRITE, 1, 1).verifying()).close();
        Path file = bench("job").resolve("job.0.0");
        Files.delete(bench("job").resolve(LayoutRecord.IN_DIRECTORY)); // as after a crash
        byte[] evidence = new byte[(int) SIZE];
        Files.write(file, evidence);
        try (FileSet set = inDirectory("job", verify)) {
            assertEquals(List.of(0, 0, 0, 1), counts(set.state()));
        }
        assertEquals(-1, Files.mismatch(file, Files.write(temp.resolve("evidence"), evidence)));
        truncate(file, SIZE - 1);
        refused(() -> inDirectory("job", verify), "has " + (SIZE - 1) + " bytes, and the job reads " + SIZE);
        assertEquals(SIZE - 1, Files.size(file));
    }

    @Test
    void aFileThatIsMissingIsNotWrittenAnewWhereOthersAreVerified() throws IOException {
        inDirectory("job", need(AccessMode.RANDWRITE, 2, 1)).close();
        Path gone = bench("job").resolve("job.1.0");
        Files.delete(gone);
        Wanted verify = need(AccessMode.READ, 2, 1).verifying();
        refused(
                () -> inDirectory("job", verify),
                gone + " is not there, and 1 of 2 files to verify are; give the"
                        + " --numjobs and --nrfiles of the job that wrote them");
        assertFalse(Files.exists(gone));
        try (FileSet set = inDirectory("job", need(AccessMode.READ, 1, 1).verifying())) {
            assertEquals(List.of(0, 0, 0, 1), counts(set.state()));
        }
    }

    @Test
    void whatWasSealedIsReadAsAnyDataAndReplacedByNoReader() throws IOException {
        Wanted read = need(AccessMode.RANDREAD, 1, 1);
        Wanted verify = read.verifying();
        Wanted write = need(AccessMode.RANDWRITE, 1, 1);
        for (Place place :
                List.<Place>of(wanted -> inDirectory("job", wanted), wanted -> ofFile(temp.resolve("f"), wanted))) {
            try (FileSet set = place.layOut(write.verifying())) {
                assertEquals(List.of(0, 1, 0, 0), counts(set.state()));
            }
            for (Wanted reader : List.of(read, read.size(BLOCK))) {
                try (FileSet set = place.layOut(reader)) {
                    assertEquals(List.of(1, 0, 0, 0), counts(set.state()), "sealed data is data");
                }
            }
            String remedy = "read no more than was written, with the same flags of content";
            refused(() -> place.layOut(read.size(SIZE + BLOCK)), remedy);
            refused(() -> place.layOut(read.shape("zeros")), remedy);
            try (FileSet set = place.layOut(verify)) {
                assertEquals(List.of(0, 0, 0, 1), counts(set.state()));
                assertHolds(set.files(0).getFirst().path(), 0, 0);
            }
            try (FileSet set = place.layOut(write)) {
                assertEquals(List.of(0, 1, 0, 0), counts(set.state()), "who writes, replaces");
            }
            try (FileSet set = place.layOut(read.size(SIZE + BLOCK))) {
                assertEquals(List.of(0, 1, 0, 0), counts(set.state()), "and nothing is sealed any more");
            }
        }
    }

    @Test
    void whatASealingWriterLeftIsReplacedByNoReader() throws IOException {
        Wanted write = need(AccessMode.WRITE, 1, 1).verifying();
        Wanted read = need(AccessMode.READ, 1, 1);
        for (boolean killed : List.of(false, true)) {
            for (Place place :
                    List.<Place>of(wanted -> inDirectory("job", wanted), wanted -> ofFile(temp.resolve("f"), wanted))) {
                FileSet writing = place.layOut(write);
                Path file = writing.files(0).getFirst().path();
                Path record = Files.exists(temp.resolve("f.plimsoll"))
                        ? temp.resolve("f.plimsoll")
                        : file.resolveSibling(LayoutRecord.IN_DIRECTORY);
                byte[] said = Files.readAllBytes(record);
                write(file, BLOCK, 'x');
                writing.close();
                if (killed) {
                    Files.write(record, said);
                }
                refused(() -> place.layOut(read), file + " has " + (BLOCK + 1) + " bytes of a job with --verify");
                assertEquals(BLOCK + 1, Files.size(file));
            }
            Files.delete(temp.resolve("f"));
            Files.delete(temp.resolve("f.plimsoll"));
        }
    }

    @Test
    void whereNothingWasWrittenThereIsNothingToVerify() throws IOException {
        String remedy = " is not there, and a job that only reads verifies what an earlier one wrote; run that first:"
                + " the same flags with --rw=write --verify";
        for (AccessMode mode : List.of(AccessMode.READ, AccessMode.RANDREAD)) {
            Wanted verify = need(mode, 2, 1).verifying();
            refused(() -> inDirectory("job", verify), bench("job").resolve("job.0.0") + remedy);
            refused(() -> ofFile(temp.resolve("f"), verify), temp.resolve("f") + remedy);
            assertEquals(List.of(), names(temp), "and nothing is made");
        }
    }

    @Test
    void theNameIsLockedAndAnotherNameIsNot() throws IOException {
        try (FileSet _ = inDirectory("one", need(AccessMode.WRITE, 1, 1));
                FileSet _ = inDirectory("two", need(AccessMode.WRITE, 1, 1))) {
            refused(
                    () -> inDirectory("one", need(AccessMode.READ, 1, 1)),
                    "is in use by another benchmark of this name (benchmark one, process "
                            + ProcessHandle.current().pid() + "); wait for its end, or give this one another --name");
        }
        inDirectory("one", need(AccessMode.WRITE, 1, 1)).close();
    }

    @Test
    void filesOfOthersAreNeverTouched() throws IOException {
        Files.writeString(temp.resolve("thesis.tex"), "42");
        Path foreign = Files.writeString(Files.createDirectories(bench("mine")).resolve("mine.0.0"), "dear diary");
        refused(() -> inDirectory("mine", need(AccessMode.WRITE, 1, 1)), "holds files that are not Plimsoll's");
        assertEquals("dear diary", Files.readString(foreign));
        Wanted gone = need(AccessMode.RANDWRITE, 2, 2).unlinking();
        inDirectory("other", gone).close();
        assertEquals(List.of("mine"), names(temp.resolve("plimsoll-bench")));
        assertEquals(List.of("plimsoll-bench", "thesis.tex"), names(temp));
    }

    @Test
    void unlinkLeavesNothing() throws IOException {
        inDirectory("job", need(AccessMode.READ, 1, 1)).close();
        try (FileSet set = inDirectory("job", need(AccessMode.READ, 1, 2).unlinking())) {
            assertEquals(List.of(1, 1, 0, 0), counts(set.state()));
        }
        assertEquals(List.of(), names(temp));
        ofFile(temp.resolve("f"), need(AccessMode.READ, 1, 1)).close();
        assertEquals(List.of("f", "f.plimsoll"), names(temp));
        ofFile(temp.resolve("f"), need(AccessMode.READ, 1, 1).unlinking()).close();
        assertEquals(List.of(), names(temp));
    }

    @Test
    void aLayoutThatIsStoppedKeepsWhatIsComplete() throws IOException {
        Wanted wanted = need(AccessMode.READ, 1, 3);
        List<Long> heard = new ArrayList<>();
        Progress untilInTheSecond = (done, total) -> {
            assertEquals(3 * SIZE, total);
            heard.add(done);
            return done < SIZE + 1;
        };
        assertThrows(LayoutStoppedException.class, () -> wanted.inDirectory(temp, "job", untilInTheSecond));
        assertEquals(heard.stream().sorted().distinct().toList(), heard);
        assertEquals(List.of(".layout", ".plimsoll", "job.0.0"), names(bench("job")));
        try (FileSet set = inDirectory("job", wanted)) {
            assertEquals(List.of(1, 2, 0, 0), counts(set.state()));
        }
        assertThrows(LayoutStoppedException.class, () -> wanted.inDirectory(temp, "none", (_, _) -> false));
        assertFalse(Files.exists(bench("none")), "nothing was worth keeping");
    }

    @Test
    void aDiskThatIsTooSmallIsRefusedWithTheNumbers() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "4m")) {
            Wanted wanted = need(AccessMode.READ, 2, 1);
            refused(
                    () -> wanted.inDirectory(temp.resolve("m"), "job", Progress.NONE),
                    "4.19 MB free of 4.19 MB, the job's files need 5.27 MB more and leave 209.7 kB free; make room,"
                            + " or choose a smaller --size or --numjobs");
            assertEquals(List.of(), names(temp.resolve("m")));
        }
    }

    @Test
    void aDiskThatFillsUpMeanwhileIsNamedAndNothingIsLeft() throws IOException {
        try (TestMounts _ = TestMounts.tmpfs(temp.resolve("m"), "8m")) {
            Path filler = temp.resolve("m/filler");
            Progress full = (done, _) -> {
                if (done == 1 << 20) {
                    assertThrows(IOException.class, () -> Files.write(filler, new byte[8 << 20]));
                }
                return true;
            };
            Wanted wanted = need(AccessMode.READ, 1, 1);
            PosixException e =
                    assertThrows(PosixException.class, () -> wanted.inDirectory(temp.resolve("m"), "job", full));
            assertEquals("write", e.operation());
            assertEquals("ENOSPC", e.errnoName().orElseThrow());
            assertTrue(e.path().endsWith("job.0.0"), e.path());
            assertEquals(List.of("filler"), names(temp.resolve("m")));
        }
    }

    @Test
    void aDiskWithoutRoomForTheRecordFailsNoJobAndSparesNoLayout() throws IOException {
        Path mount = temp.resolve("m");
        try (TestMounts _ = TestMounts.tmpfs(mount, "8m")) {
            Path filler = mount.resolve("filler");
            Progress full = (done, total) -> {
                if (done == total) {
                    assertThrows(IOException.class, () -> Files.write(filler, new byte[8 << 20]));
                }
                return true;
            };
            Wanted read = need(AccessMode.READ, 1, 1);
            Place inDirectory = wanted -> wanted.inDirectory(mount, "job", full);
            Place ofFile = wanted -> FileSet.ofFile(mount.resolve("f"), wanted.need(), wanted.content(), full);
            for (Place place : List.of(inDirectory, ofFile)) {
                FileSet set = place.layOut(read);
                assertEquals(List.of(0, 1, 0, 0), counts(set.state()));
                set.close();
                String why = set.unrecorded().orElseThrow();
                assertTrue(why.startsWith("what the files hold could not be recorded (write " + mount), why);
                assertTrue(why.contains(".new: No space left on device (ENOSPC, errno 28)): the next job"), why);
                Files.delete(filler);
                set = place.layOut(read);
                assertEquals(List.of(0, 1, 0, 0), counts(set.state()), "it was not recorded");
                Files.delete(filler);
                set.close();
                assertTrue(set.unrecorded().isEmpty(), "there is room again at the end");
                set = place.layOut(read);
                assertEquals(List.of(1, 0, 0, 0), counts(set.state()));
                set.close();
            }
            Path file = mount.resolve("f");
            byte[] before = Files.readAllBytes(file);
            assertThrows(IOException.class, () -> Files.write(filler, new byte[8 << 20]));
            for (AccessMode mode : List.of(AccessMode.RANDWRITE, AccessMode.WRITE)) {
                refused(
                        () -> ofFile.layOut(need(mode, 1, 1)),
                        mount + " has no room for the record of the job's files: No space left on device (ENOSPC, errno"
                                + " 28); make room");
            }
            assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(file)), "and nothing is touched");
        }
    }

    @Test
    void aSharedFileIsMadeOnceAndUsedByAllThreads() throws IOException {
        Path file = temp.resolve("a file");
        Wanted read = need(AccessMode.READ, 3, 1);
        try (FileSet set = ofFile(file, read)) {
            assertEquals(List.of(0, 1, 0, 0), counts(set.state()));
            assertEquals(List.of(file), set.files(2).stream().map(FileRef::path).toList());
            assertHolds(file, 0, 0);
            try (FileSet other = ofFile(file, read)) {
                assertEquals(List.of(1, 0, 0, 0), counts(other.state()), "several may read");
                refused(() -> ofFile(file, need(AccessMode.RANDWRITE, 1, 1)), "is in use by another benchmark");
            }
        }
        try (FileSet set = ofFile(file, need(AccessMode.RANDWRITE, 1, 1))) {
            assertEquals(List.of(1, 0, 0, 0), counts(set.state()));
            write(file, 0, 'x');
            refused(() -> ofFile(file, read), "is in use by another benchmark");
        }
        try (FileSet set = ofFile(file, read)) {
            assertEquals(List.of(1, 0, 0, 0), counts(set.state()), "the job's own writes do no harm");
        }
    }

    @Test
    void aFileIsFoundWhereItWasLaidOutWhateverItsPathLeadsToByThen() throws IOException {
        Path there = Files.createDirectory(temp.resolve("there"));
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        for (String name : List.of("f", "f.plimsoll")) {
            Files.writeString(elsewhere.resolve(name), "dear diary");
        }
        FileSet set =
                ofFile(there.resolve("f"), need(AccessMode.RANDWRITE, 1, 1).unlinking());
        Files.move(there, temp.resolve("moved"));
        Files.createSymbolicLink(there, elsewhere);
        FileRef ref = set.files(0).getFirst();
        try (Engine engine = Engines.open(EngineKind.PSYNC, 1, BLOCK)) {
            int file = engine.open(ref, new OpenMode(true, true, false, false, SyncPolicy.OpenFlag.NONE));
            engine.memory(0).fill((byte) 'x');
            engine.write(0, file, 0, 0, BLOCK);
            engine.submit();
            assertEquals(1, engine.reap(1, -1));
            assertEquals(BLOCK, engine.result(0));
            engine.close(file);
        }
        assertEquals('x', Files.readAllBytes(temp.resolve("moved/f"))[0]);
        set.close();
        assertEquals(List.of(), names(temp.resolve("moved")));
        for (String name : List.of("f", "f.plimsoll")) {
            assertEquals("dear diary", Files.readString(elsewhere.resolve(name)));
        }
    }

    @Test
    void aForeignFileIsReadAsItIsAndWrittenOnlyByLeave() throws IOException {
        Path file = Files.write(temp.resolve("photo"), new byte[(int) SIZE + 1]);
        try (FileSet set = ofFile(file, need(AccessMode.RANDREAD, 2, 1))) {
            assertEquals(List.of(0, 0, 0, 1), counts(set.state()));
        }
        refused(() -> ofFile(file, need(AccessMode.READ, 1, 1).size(SIZE + BLOCK)), "choose a smaller --size");
        for (AccessMode mode : List.of(AccessMode.WRITE, AccessMode.RANDWRITE, AccessMode.RANDRW)) {
            refused(() -> ofFile(file, need(mode, 1, 1)), "was not made by Plimsoll");
            try (FileSet set = ofFile(file, need(mode, 1, 1).overwriting())) {
                assertEquals(List.of(0, 0, 0, 1), counts(set.state()));
            }
        }
        assertEquals(SIZE + 1, Files.size(file));
        assertEquals(List.of("photo"), names(temp), "no record makes it ours");
        ofFile(file, need(AccessMode.WRITE, 1, 1).overwriting().unlinking()).close();
        assertTrue(Files.exists(file), "what was there before is not removed");
    }

    @Test
    void aFileOfOursThatSomebodyChangedIsTheirs() throws IOException {
        Path file = temp.resolve("f");
        Wanted write = need(AccessMode.WRITE, 1, 1);
        ofFile(file, write).close();
        ofFile(file, write).close();
        Files.writeString(file, "now it is mine");
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_700_000_000_000L));
        refused(() -> ofFile(file, write), "was changed since");
        assertEquals("now it is mine", Files.readString(file));
    }

    @Test
    void aFileWhoseJobWasKilledIsStillOurs() throws IOException {
        Path file = temp.resolve("f");
        Path record = temp.resolve("f.plimsoll");
        Wanted random = need(AccessMode.RANDWRITE, 1, 1);
        FileSet killed = ofFile(file, random);
        write(file, 5, 'x');
        byte[] said = Files.readAllBytes(record);
        refused(() -> ofFile(file, random), "is in use by another benchmark");
        killed.close(); // gives the lock back, as a kill does
        write(file, 6, 'x');
        Files.write(record, said);
        try (FileSet set = ofFile(file, random)) {
            assertEquals(List.of(1, 0, 0, 0), counts(set.state()), "writes to random places leave no hole");
        }
        Wanted inOrder = need(AccessMode.WRITE, 1, 1);
        killed = ofFile(file, inOrder);
        write(file, 0, 'x');
        said = Files.readAllBytes(record);
        killed.close();
        write(file, 1, 'x');
        Files.write(record, said);
        try (FileSet set = ofFile(file, need(AccessMode.READ, 1, 1))) {
            assertEquals(List.of(0, 1, 0, 0), counts(set.state()), "writes in order end where the writer was");
        }
        write(file, 0, 'y');
        refused(() -> ofFile(file, inOrder), "was changed since");
    }

    @Test
    void aFileThatTookThePlaceOfAKilledJobsFileIsTheirs() throws IOException {
        Path file = temp.resolve("f");
        Path record = temp.resolve("f.plimsoll");
        Wanted write = need(AccessMode.WRITE, 1, 1);
        FileSet killed = ofFile(file, write);
        byte[] said = Files.readAllBytes(record);
        killed.close();
        Files.write(record, said);
        Files.move(file, temp.resolve("old"));
        Files.writeString(file, "dear diary");
        refused(() -> ofFile(file, write), "was not made by Plimsoll, or was changed since");
        assertEquals("dear diary", Files.readString(file));
    }

    @Test
    void filesThatHaveTheRecordsNamesByChanceAreNotReplaced() throws IOException {
        Wanted write = need(AccessMode.WRITE, 1, 1);
        for (String name : List.of("f.plimsoll", "f.plimsoll.new")) {
            Path foreign = Files.writeString(temp.resolve(name), "dear diary");
            refused(
                    () -> ofFile(temp.resolve("f"), write),
                    foreign + " was not made by Plimsoll, which needs the name; move it away");
            assertEquals("dear diary", Files.readString(foreign));
            Files.delete(foreign);
            Files.createSymbolicLink(foreign, Files.writeString(temp.resolve("thesis"), "42"));
            refused(() -> ofFile(temp.resolve("f"), write), foreign + " was not made by Plimsoll");
            assertEquals("42", Files.readString(temp.resolve("thesis")));
            Files.delete(foreign);
            assertEquals(List.of("thesis"), names(temp));
        }
        FileSet set = ofFile(temp.resolve("f"), write);
        Path late = Files.writeString(temp.resolve("f.plimsoll.new"), "came meanwhile");
        assertThrows(TargetRefusedException.class, set::close);
        assertEquals("came meanwhile", Files.readString(late));
    }

    @Test
    void aRecordWhoseWriterDiedIsWrittenAnew() throws IOException {
        Path half = temp.resolve("f.plimsoll.new");
        for (String left :
                List.of("", "Files that plimsoll be", "Files that plimsoll bench laid out: bytes, stamp, name,")) {
            Files.writeString(half, left);
            ofFile(temp.resolve("f"), need(AccessMode.WRITE, 1, 1)).close();
            assertEquals(List.of("f", "f.plimsoll"), names(temp));
        }
    }

    @Test
    void aRefusedJobRemovesNothingOfAnother() throws IOException {
        inDirectory("job", need(AccessMode.RANDWRITE, 1, 1).verifying()).close();
        Path sealed = bench("job").resolve("job.0.0");
        long bytes = Files.size(sealed);
        Wanted verify = need(AccessMode.READ, 1, 1).verifying().unlinking();
        refused(() -> inDirectory("job", verify.size(2 * SIZE)), "choose a smaller --size");
        refused(() -> inDirectory("job", need(AccessMode.READ, 2, 1).verifying().unlinking()), "is not there");
        refused(
                () -> inDirectory(
                        "job", need(AccessMode.READ, 1, 1).size(2 * SIZE).unlinking()),
                "of a job with --verify");
        assertEquals(bytes, Files.size(sealed));
        inDirectory("job", verify).close();
        assertFalse(Files.exists(sealed), "one that is let in removes them");
    }

    @Test
    void targetsThatAreNoFilesAreRefused() throws IOException {
        Path link = Files.createSymbolicLink(temp.resolve("link"), Files.write(temp.resolve("f"), new byte[1 << 22]));
        Wanted read = need(AccessMode.READ, 1, 1);
        Wanted write = need(AccessMode.WRITE, 1, 1).overwriting();
        try (FileSet set = ofFile(link, read)) {
            assertEquals(temp.resolve("f").toRealPath(), set.files(0).getFirst().path());
        }
        refused(() -> ofFile(link, write), "is a symbolic link to");
        refused(() -> ofFile(temp, write), "is a directory");
        refused(() -> ofFile(temp.resolve("none/f"), write), "is not a directory that is there");
        refused(() -> ofFile(Path.of("/dev/random"), read), "belongs to the system");
        refused(() -> ofFile(Path.of("/proc/self/mem"), write), "belongs to the system");
        refused(() -> ofFile(Path.of("/sys/plimsoll"), write), "belongs to the system");
        refused(() -> ofFile(temp.resolve("f"), need(AccessMode.READ, 1, 2)), "name a directory (--directory)");
    }

    @Test
    void aFileOnADiskThatIsMountedReadOnlyIsReadAndNothingElse() throws IOException {
        Path mount = temp.resolve("m");
        try (TestMounts disk = TestMounts.tmpfs(mount, "16m")) {
            Wanted read = need(AccessMode.RANDREAD, 1, 1);
            Path file = mount.resolve("f");
            ofFile(file, read).close();
            Path foreign = Files.write(mount.resolve("photo"), new byte[(int) SIZE]);
            disk.remountReadOnly();
            try (FileSet set = ofFile(file, read);
                    FileSet other = ofFile(foreign, read)) {
                assertEquals(List.of(1, 0, 0, 0), counts(set.state()));
                assertEquals(List.of(0, 0, 0, 1), counts(other.state()));
                ofFile(file, read).close(); // and by several
            }
            String remedy = " cannot be written to: Read-only file system (EROFS, errno 30); mount it read-write, or"
                    + " name another disk";
            refused(() -> ofFile(file, need(AccessMode.RANDWRITE, 1, 1)), file + remedy);
            refused(() -> ofFile(file, read.size(SIZE + BLOCK)), file + remedy);
            refused(() -> ofFile(file, read.unlinking()), file + remedy);
            refused(() -> ofFile(foreign, need(AccessMode.WRITE, 1, 1).overwriting()), foreign + remedy);
            for (AccessMode mode : List.of(AccessMode.READ, AccessMode.WRITE)) {
                refused(() -> ofFile(mount.resolve("new"), need(mode, 1, 1)), mount + remedy);
            }
        }
    }

    @Test
    void anImmutableFileIsReadAndNotWritten() throws IOException {
        Wanted read = need(AccessMode.RANDREAD, 1, 1);
        Path file = temp.resolve("f");
        ofFile(file, read).close();
        assumeTrue(TestMounts.run("chattr", "+i", file.toString()) == 0, "no immutable files");
        try {
            ofFile(file, read).close();
            refused(
                    () -> ofFile(file, need(AccessMode.RANDWRITE, 1, 1)),
                    file + " cannot be written to: Operation not permitted (EPERM, errno 1); lsattr shows whether it is"
                            + " immutable");
        } finally {
            TestMounts.run("chattr", "-i", file.toString());
        }
    }

    @Test
    void zeroIsReadAndNullIsWritten() throws IOException {
        try (FileSet set = ofFile(Path.of("/dev/zero"), need(AccessMode.RANDREAD, 2, 1))) {
            assertEquals(List.of(new FileRef.At(Path.of("/dev/zero"))), set.files(1));
        }
        ofFile(Path.of("/dev/null"), need(AccessMode.WRITE, 2, 1)).close();
        refused(() -> ofFile(Path.of("/dev/null"), need(AccessMode.READ, 1, 1)), "/dev/null has nothing to read");
        refused(() -> ofFile(Path.of("/dev/zero"), need(AccessMode.RANDRW, 1, 1)), "/dev/zero is for reading");
    }

    @Test
    void aReadJobBeginsWithAColdPageCacheOnlyIfItWantsTo() throws IOException {
        inDirectory("job", need(AccessMode.READ, 1, 1)).close();
        Path file = bench("job").resolve("job.0.0");
        Files.readAllBytes(file);
        try (FileSet set = inDirectory("job", need(AccessMode.READ, 1, 1).keepCache())) {
            assertFalse(set.state().cacheDropped());
            assertTrue(set.state().words().endsWith("page cache not touched"));
        }
        try (FileSet set = inDirectory("job", need(AccessMode.READ, 1, 1))) {
            assertTrue(set.state().cacheDropped());
            assumeTrue(!Files.getFileStore(file).type().equals("tmpfs"), "a tmpfs is nothing but page cache");
            assertEquals(0, set.state().cachedBytes().orElse(0));
        }
    }

    @Test
    void extentsTellHolesAndReservedSpaceFromData() throws IOException {
        Path file = Files.write(temp.resolve("data"), new byte[1 << 20]);
        FileExtents full = FileExtents.of(file);
        assertEquals(1 << 20, full.bytes());
        assertFalse(full.incomplete());
        truncate(file, 3 << 20);
        FileExtents holed = FileExtents.of(file);
        assumeTrue(holed.holeBytes().isPresent(), "this file system does not tell holes");
        assertEquals(2 << 20, holed.holeBytes().getAsLong());
        assertEquals(0, holed.unwrittenBytes().getAsLong());
        assertTrue(holed.allocatedBytes() < 2 << 20);
        Path reserved = temp.resolve("reserved");
        assumeTrue(TestMounts.run("fallocate", "-l", "1m", reserved.toString()) == 0, "no fallocate");
        FileExtents unwritten = FileExtents.of(reserved);
        assertEquals(1 << 20, unwritten.unwrittenBytes().getAsLong());
        assertEquals(0, unwritten.holeBytes().getAsLong());
        assertTrue(unwritten.allocatedBytes() >= 1 << 20);
    }

    private interface Place {
        FileSet layOut(Wanted wanted) throws IOException;
    }

    private interface Laying {
        FileSet run() throws IOException;
    }

    /// What a test asks for, with what most of them do not care about.
    private record Wanted(
            AccessMode mode,
            int threads,
            int files,
            long size,
            boolean direct,
            boolean overwrite,
            boolean unlink,
            boolean invalidate,
            boolean verify,
            String shape) {
        Wanted direct(boolean on) {
            return new Wanted(mode, threads, files, size, on, overwrite, unlink, invalidate, verify, shape);
        }

        Wanted size(long bytes) {
            return new Wanted(mode, threads, files, bytes, direct, overwrite, unlink, invalidate, verify, shape);
        }

        Wanted overwriting() {
            return new Wanted(mode, threads, files, size, direct, true, unlink, invalidate, verify, shape);
        }

        Wanted unlinking() {
            return new Wanted(mode, threads, files, size, direct, overwrite, true, invalidate, verify, shape);
        }

        Wanted keepCache() {
            return new Wanted(mode, threads, files, size, direct, overwrite, unlink, false, verify, shape);
        }

        Wanted verifying() {
            return new Wanted(mode, threads, files, size, direct, overwrite, unlink, invalidate, true, shape);
        }

        Wanted shape(String other) {
            return new Wanted(mode, threads, files, size, direct, overwrite, unlink, invalidate, verify, other);
        }

        FileSet inDirectory(Path directory, String name, Progress progress) throws IOException {
            return FileSet.inDirectory(directory, name, need(), content(), progress);
        }

        Need need() {
            int percent = mode.reads() ? mode.writes() ? 50 : 100 : 0;
            Work.Blocks work = new Work.Blocks(
                    mode,
                    percent,
                    BlockSizes.of(BLOCK),
                    new Distribution.Uniform(),
                    size * files,
                    files,
                    SyncPolicy.NONE,
                    new Content(0, 0, verify));
            return new Need(work, threads, direct, overwrite, unlink, invalidate);
        }

        FileSet.Content content() {
            return new FileSet.Content() {
                @Override
                public FileSet.Shape shape() {
                    return new FileSet.Shape(shape, verify ? "by 4096 bytes" : "");
                }

                @Override
                public void fill(MemorySegment memory, int thread, int file, long offset) {
                    for (long at = 0; at < memory.byteSize(); at += 8) {
                        memory.set(ValueLayout.JAVA_LONG, at, number(thread, file, offset + at));
                    }
                }
            };
        }
    }

    private static Wanted need(AccessMode mode, int threads, int files) {
        return new Wanted(mode, threads, files, SIZE, false, false, false, true, false, "numbers");
    }

    private FileSet inDirectory(String name, Wanted wanted) throws IOException {
        return wanted.inDirectory(temp, name, Progress.NONE);
    }

    private static FileSet ofFile(Path file, Wanted wanted) throws IOException {
        return FileSet.ofFile(file, wanted.need(), wanted.content(), Progress.NONE);
    }

    private Path bench(String name) {
        return temp.resolve("plimsoll-bench").resolve(name);
    }

    private static List<Integer> counts(State state) {
        return List.of(state.reused(), state.filled(), state.made(), state.found());
    }

    private static long number(int thread, int file, long at) {
        return ((long) thread << 56) + ((long) file << 48) + at + 1;
    }

    private static void assertHolds(Path path, int thread, int file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.nativeOrder());
        assertEquals(SIZE, bytes.remaining());
        for (int at = 0; at < SIZE; at += 8) {
            if (bytes.getLong(at) != number(thread, file, at)) {
                assertEquals(number(thread, file, at), bytes.getLong(at), path + " at " + at);
            }
        }
        FileExtents extents = FileExtents.of(path);
        assertFalse(extents.incomplete(), extents.toString());
        assertNotEquals(0, extents.allocatedBytes());
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.setLength(bytes);
        }
    }

    private static void write(Path file, long at, int value) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.seek(at);
            f.write(value);
        }
    }

    private static void refused(Laying laying, String why) {
        TargetRefusedException e =
                assertThrows(TargetRefusedException.class, () -> laying.run().close());
        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
