package io.plimsoll.bench;

import io.plimsoll.io.ThreadCpu;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/// One data thread of a job: makes its engine and opens its files, waits at the gate, works, and gives all back. It is
/// a daemon, so that a storage that never answers cannot keep the process from ending.
final class DataThread {
    /// Makes what the thread needs, on that thread.
    interface Preparation {
        DataLoop loop() throws IOException;
    }

    private final Thread thread;
    private final Preparation preparation;
    private final StartGate gate;
    private final JobControl control;
    private final CountDownLatch unfinished;
    private final CountDownLatch observed;
    private boolean arrived;
    private volatile boolean finished;
    private volatile DataLoop loop;
    private volatile ThreadCpu cpu;

    /// @param unfinished counted down when the thread has done its work
    DataThread(
            int number,
            Preparation preparation,
            StartGate gate,
            JobControl control,
            CountDownLatch unfinished,
            CountDownLatch observed) {
        this.preparation = preparation;
        this.gate = gate;
        this.control = control;
        this.unfinished = unfinished;
        this.observed = observed;
        thread = Thread.ofPlatform().daemon().name("data-" + number).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Waits until everything is given back; false where that takes longer.
    boolean join(long timeoutNs) throws InterruptedException {
        return thread.join(Duration.ofNanos(timeoutNs));
    }

    /// Whether it has done its work, well or not.
    boolean finished() {
        return finished;
    }

    /// As [DataLoop#takeOver].
    Optional<Unanswered> takeOver(long endNs) {
        return loop().flatMap(theLoop -> theLoop.takeOver(endNs));
    }

    /// Empty until the thread is ready.
    Optional<DataLoop> loop() {
        return Optional.ofNullable(loop);
    }

    /// The kernel's view of the thread; empty until it is ready.
    Optional<ThreadCpu> cpu() {
        return Optional.ofNullable(cpu);
    }

    private void work(DataLoop prepared) throws IOException, InterruptedException {
        try {
            prepared.run(gate.await());
        } catch (CancellationException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            // Said before closing, which may take the time that a sick storage takes.
            failed(e);
            throw e;
        } finally {
            finish();
        }
        observed.await();
        prepared.afterwards();
    }

    private void failed(Throwable e) {
        control.failed(e instanceof Exception x ? x : new IllegalStateException(e));
    }

    /// Once, whatever comes first.
    private void finish() {
        if (!finished) {
            finished = true;
            unfinished.countDown();
        }
    }

    private void run() {
        try {
            cpu = ThreadCpu.ofCurrentThread();
            try (DataLoop prepared = preparation.loop()) {
                loop = prepared;
                arrived = true;
                gate.arrive();
                work(prepared);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (CancellationException _) {
            // The job does not take place, for a reason that another thread has; or it was over without this one.
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
        } finally {
            if (!arrived) {
                gate.arrive();
            }
            finish();
        }
    }
}
