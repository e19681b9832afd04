package io.plimsoll.client;

import io.plimsoll.config.ClientSettings;
import io.plimsoll.io.Calibrator;
import io.plimsoll.io.ChunkFiles;
import io.plimsoll.io.PosixException;
import io.plimsoll.io.TargetDirectory;
import io.plimsoll.io.TargetProbe;
import io.plimsoll.io.TargetRefusedException;
import io.plimsoll.model.Calibration;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.TargetFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks at the target before anything is measured: takes the directory, looks for room, calibrates, foretells the
/// rollovers. Blocks; run it on the thread that owns the disk.
///
/// @param complaint too few rollovers are to be expected, and the user forced the run; empty where they are enough
record Preparation(
        TargetDirectory target,
        TargetProbe probe,
        TargetFacts facts,
        Calibration calibration,
        Optional<String> complaint) {

    /// Errors that say no to the user, not that the disk is broken.
    private static final Set<String> REFUSALS =
            Set.of("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EFBIG", "ENOMEM", "EMFILE", "ENFILE");

    /// The run must not be: the message says what, why, and what to do.
    static final class RefusedRun extends Exception {
        private static final long serialVersionUID = 1;

        RefusedRun(String message) {
            super(message);
        }
    }

    /// The disk gave an error in the calibration that is no "no": the run has failed before it began.
    static final class BrokenDisk extends Exception {
        private static final long serialVersionUID = 1;

        BrokenDisk(String message) {
            super(message);
        }
    }

    /// @throws RefusedRun where the run cannot or must not be
    /// @throws BrokenDisk where the disk gave an error; after both, what is left behind is named, mostly nothing
    static Preparation make(ClientSettings settings, DiskSpace space, long seed) throws RefusedRun, BrokenDisk {
        long beganNs = System.nanoTime();
        ChunkPlan plan = settings.plan();
        Quota quota = new Quota(settings.quota());
        refuse(quota.refusal(plan));
        TargetDirectory target;
        try {
            target = claim(settings);
        } catch (TargetRefusedException e) {
            throw new RefusedRun(e.getMessage());
        } catch (IOException e) {
            throw new RefusedRun("cannot use " + settings.path() + ": " + e.getMessage());
        }
        TargetProbe probe = null;
        try {
            probe = new TargetProbe(target);
            Optional<String> shortage = space.shortageBeforeRun(probe.space());
            if (shortage.isPresent()) {
                throw new RefusedRun(target.path() + ": " + shortage.get());
            }
            TargetFacts facts = probe.facts();
            Calibration calibration = calibrate(plan, target, seed);
            refuse(quota.refusal(plan, Math.ceilDiv(System.nanoTime() - beganNs, 1_000_000)));
            Optional<String> complaint =
                    RolloverForecast.complaint(plan, calibration).or(() -> quota.complaint(plan, calibration));
            if (complaint.isPresent() && !settings.force()) {
                throw new RefusedRun(complaint.get());
            }
            return new Preparation(target, probe, facts, calibration, complaint);
        } catch (PosixException e) {
            String left = giveBack(target, probe);
            if (e.errno() != 0 && e.errnoName().filter(REFUSALS::contains).isEmpty()) {
                throw new BrokenDisk(e.getMessage() + left);
            }
            throw new RefusedRun(e.getMessage() + left);
        } catch (IOException | RefusedRun e) {
            throw new RefusedRun(e.getMessage() + giveBack(target, probe));
        } catch (RuntimeException | Error e) {
            giveBack(target, probe);
            throw e;
        }
    }

    private static void refuse(Optional<String> why) throws RefusedRun {
        if (why.isPresent()) {
            throw new RefusedRun(why.get());
        }
    }

    /// What the owner of the machine allows, and nothing else, whatever is asked for.
    private static TargetDirectory claim(ClientSettings settings) throws IOException {
        String owner = settings.id().value();
        Optional<Path> root = settings.allowedRoot();
        return root.isPresent()
                ? TargetDirectory.claimWithin(root.get(), settings.path(), owner)
                : TargetDirectory.claim(settings.path(), owner);
    }

    void close() {
        probe.close();
    }

    private static Calibration calibrate(ChunkPlan plan, TargetDirectory target, long seed) throws PosixException {
        try (ChunkFiles files = ChunkFiles.in(target, plan.engine(), plan.chunkBytes(), false, seed)) {
            Calibrator.Result result = Calibrator.run(plan, files, System::nanoTime);
            double rollovers = RolloverForecast.rollovers(plan, result.bytes(), result.elapsedNs());
            return new Calibration(result.bytes(), result.elapsedNs(), rollovers);
        }
    }

    /// Returns what could not be removed, to be added to a message; mostly nothing.
    private static String giveBack(TargetDirectory target, TargetProbe probe) {
        if (probe != null) {
            probe.close();
        }
        List<String> left = target.cleanUp().left();
        return left.isEmpty() ? "" : "; left behind: " + String.join(", ", left);
    }
}
