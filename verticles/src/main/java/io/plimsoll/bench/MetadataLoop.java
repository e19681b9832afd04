package io.plimsoll.bench;

import io.plimsoll.io.MetadataTree;
import io.plimsoll.io.PosixException;
import io.plimsoll.model.Direction;
import io.plimsoll.model.Work;
import io.plimsoll.stats.OpRecorder;
import io.plimsoll.stats.OpRecorder.Track;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What a data thread of metadata work does: in rounds it creates all its files, then stats, opens, renames and
/// unlinks them, as mdtest does. All data threads begin each phase at the same instant; what is done in a phase
/// is of one kind only, so that its rate is that of nothing else.
///
/// One thread. After warm-up an operation allocates nothing and takes no lock; going to the next directory of
/// the tree is no part of one.
final class MetadataLoop implements DataLoop {
    static final List<Direction> PHASES =
            List.of(Direction.CREATE, Direction.STAT, Direction.OPEN, Direction.RENAME, Direction.UNLINK);

    private final MetadataTree tree;
    private final Work.Metadata work;
    private final boolean timeBased;
    private final PhaseBarrier barrier;
    private final JobControl control;
    private final Baton baton = new Baton();
    private final OpRecorder recorder;
    private final long[] activeNs = new long[KINDS];
    private Timeline timeline;
    private Direction current;
    private long phaseStartNs;
    private long lastCompletedNs;
    private int inFlight;
    private volatile boolean measuring;

    /// @param timeBased round after round until the time is over
    /// @param barrier of all data threads of the job
    MetadataLoop(MetadataTree tree, Work.Metadata work, boolean timeBased, PhaseBarrier barrier, JobControl control) {
        this.tree = tree;
        this.work = work;
        this.timeBased = timeBased;
        this.barrier = barrier;
        this.control = control;
        recorder = new OpRecorder(Stream.of(Direction.values())
                .map(kind -> PHASES.contains(kind) ? Set.of(Track.LAT) : Set.<Track>of())
                .toList());
    }

    @Override
    public void run(Timeline line) throws PosixException {
        timeline = line;
        line.awaitStart();
        lastCompletedNs = System.nanoTime();
        try {
            boolean more = true;
            while (more) {
                more = round() && timeBased;
            }
            endPhase(lastCompletedNs);
        } finally {
            barrier.leave();
        }
    }

    /// False where the job ended within it.
    private boolean round() throws PosixException {
        for (Direction kind : PHASES) {
            long commonStartNs = barrier.await();
            if (commonStartNs < 0) {
                return false;
            }
            endPhase(barrier.arrivedNs());
            current = kind;
            phaseStartNs = commonStartNs;
            if (!phase(kind)) {
                return false;
            }
        }
        return true;
    }

    /// A phase lasts until the slowest data thread is through.
    private void endPhase(long nowNs) {
        if (current != null) {
            long from = Math.max(phaseStartNs, timeline.measureNs());
            activeNs[current.ordinal()] += Math.max(nowNs - from, 0);
        }
    }

    private boolean phase(Direction kind) throws PosixException {
        for (int i = 0; i < work.files(); i++) {
            enter(i / work.filesPerDirectory());
            long start = System.nanoTime();
            if (start >= timeline.endNs() || control.stopped()) {
                return false;
            }
            if (!measuring && start >= timeline.measureNs()) {
                recorder.restart();
                measuring = true;
            }
            int file = i % work.filesPerDirectory();
            callBegins();
            int result = operate(kind, file);
            long end = System.nanoTime();
            callEnds();
            if (result < 0) {
                throw tree.failure(kind, file, result);
            }
            record(kind, end - start);
            lastCompletedNs = end;
        }
        return true;
    }

    private void enter(int directory) throws PosixException {
        callBegins();
        int entered = tree.enter(directory);
        callEnds();
        if (entered < 0) {
            throw tree.notEntered(directory, entered);
        }
    }

    private void callBegins() {
        inFlight = 1;
        baton.layDown();
    }

    private void callEnds() {
        baton.takeUp();
        inFlight = 0;
    }

    @Override
    public Optional<Supplier<Unanswered>> takeOver(long endNs) {
        if (!baton.takeAway()) {
            return Optional.empty();
        }
        long begunNs = Math.max(lastCompletedNs, phaseStartNs);
        endPhase(Math.max(lastCompletedNs, endNs));
        return Optional.of(() -> new Unanswered(1, System.nanoTime() - begunNs));
    }

    private int operate(Direction kind, int file) {
        return switch (kind) {
            case CREATE -> tree.create(file);
            case STAT -> tree.stat(file);
            case OPEN -> tree.open(file);
            case RENAME -> tree.rename(file);
            case UNLINK -> tree.unlink(file);
            case READ, WRITE, SYNC -> throw new IllegalArgumentException(kind + " is no metadata operation");
        };
    }

    private void record(Direction kind, long ns) {
        recorder.count(kind.ordinal(), 1, kind == Direction.CREATE ? work.fileBytes() : 0);
        recorder.record(kind.ordinal(), Track.LAT, ns);
    }

    @Override
    public OpRecorder recorder() {
        return recorder;
    }

    @Override
    public boolean measuring() {
        return measuring;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public long endedNs() {
        return lastCompletedNs;
    }

    @Override
    public long activeNs(Direction direction) {
        return activeNs[direction.ordinal()];
    }

    @Override
    public void close() {
        tree.close();
    }
}
