package io.plimsoll.bench;

import io.plimsoll.io.CpuLimit;
import io.plimsoll.io.CpuTimes;
import io.plimsoll.io.DeviceCounters;
import io.plimsoll.io.Memory;
import io.plimsoll.io.Pressure;
import io.plimsoll.io.ProcessIo;
import io.plimsoll.io.Storage;
import io.plimsoll.io.ThreadCpu;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/// Looks at this machine when measuring begins and when it ends, and at the job's progress in between.
///
/// A look reads some small files of procfs and sysfs, which takes well below a millisecond once their readers are warm;
/// in between, nothing is read at all. One thread, not a data thread: the one that the job's listener is called on.
final class Observer implements JobRun.Listener {
    private static final long BEGINNING_NS = 1_000_000_000L;

    private final Storage storage;
    private final CpuLimit limit = CpuLimit.ofThisProcess();
    private final Optional<Long> ramBytes = Memory.totalBytes();
    private final Optional<DataFiles> files;

    private List<ThreadCpu> threads = List.of();
    private final Optional<ProcessIo> begun;
    private Look first;
    private Look last;
    private long silentNs;
    private long longestSilentNs;
    private long firstNs;
    private long firstOps;
    private Optional<Long> firstJitNs = Optional.empty();
    private long restNs;
    private long restOps;

    /// All counts since some beginning of their own.
    private record Look(
            long atNs,
            Optional<DeviceCounters> device,
            List<Storage.Neighbour> neighbours,
            Optional<ProcessIo> process,
            Optional<Long> unwrittenBytes,
            Optional<Storage.ServerBytes> server,
            Map<ThreadCpu, ThreadCpu.Sample> threads,
            Optional<CpuTimes> processors,
            Pressure pressure,
            Optional<CpuLimit.Sample> limit,
            long gcPausesNs,
            Optional<Long> jitNs) {}

    /// Made before the job begins, so that what it needs is loaded and compiled by then.
    ///
    /// @param target what the job works on; it is there
    /// @param files as they are now, laid out; empty where there are none
    Observer(Path target, Optional<DataFiles> files) {
        storage = Storage.of(target);
        this.files = files;
        try {
            threads = List.of(ThreadCpu.ofCurrentThread());
        } catch (IOException e) {
            threads = List.of(); // no procfs: a look has less to load
        }
        begun = look().process;
    }

    @Override
    public void measuring(List<ThreadCpu> dataThreads) {
        threads = List.copyOf(dataThreads);
        first = look();
    }

    @Override
    public void sampled(JobRun.Moment moment) {
        if (first == null || !moment.measuring()) {
            return;
        }
        long ops = LongStream.of(moment.ops()).sum();
        silentNs = ops + moment.rampOps() == 0 && moment.inFlight() > 0 ? silentNs + moment.lengthNs() : 0;
        longestSilentNs = Math.max(longestSilentNs, silentNs);
        if (firstNs < BEGINNING_NS * 9 / 10) { // looks are a little early or late
            firstNs += moment.lengthNs();
            firstOps += ops;
            firstJitNs = Jvm.jitNs().flatMap(now -> first.jitNs().map(before -> now - before));
        } else {
            restNs += moment.lengthNs();
            restOps += ops;
        }
    }

    @Override
    public void finished() {
        if (first != null) {
            last = look();
        }
    }

    /// What the target lies on.
    Storage storage() {
        return storage;
    }

    /// Empty where measuring has not begun, or has not come to its end.
    Optional<Observation> observation() {
        return last == null ? Optional.empty() : Optional.of(difference());
    }

    private Look look() {
        Map<ThreadCpu, ThreadCpu.Sample> samples = new LinkedHashMap<>();
        threads.forEach(thread -> thread.sample().ifPresent(sample -> samples.put(thread, sample)));
        return new Look(
                System.nanoTime(),
                storage.counters(),
                storage.neighbours(),
                ProcessIo.sample(),
                Memory.unwrittenBytes(),
                storage.serverBytes(),
                samples,
                CpuTimes.sample(),
                Pressure.sample(),
                limit.sample(),
                Jvm.gcPausesNs(),
                Jvm.jitNs());
    }

    private Observation difference() {
        List<ThreadCpu.Sample> used = new ArrayList<>();
        first.threads.forEach((thread, before) -> {
            ThreadCpu.Sample after = last.threads.get(thread);
            if (after != null) {
                used.add(after.minus(before));
            }
        });
        return new Observation(
                last.atNs - first.atNs,
                storage.kind(),
                storage.fileSystem(),
                storage.device()
                        .flatMap(name -> last.device.flatMap(
                                after -> first.device.map(b -> new Observation.Device(name, after.minus(b))))),
                neighbours(),
                last.process.flatMap(after -> first.process.map(after::minus)),
                unwritten(),
                last.server.flatMap(after -> first.server.map(after::minus)),
                used,
                last.processors.flatMap(after -> first.processors.map(after::minus)),
                last.pressure.minus(first.pressure),
                last.limit.flatMap(after -> first.limit.map(after::minus)),
                last.gcPausesNs - first.gcPausesNs,
                ramBytes,
                files,
                longestSilentNs,
                new Observation.Beginning(firstNs, firstOps, firstJitNs, restNs, restOps));
    }

    /// A job's files are synced before it begins, so that what waits of ours is what was written since.
    private Optional<Observation.Unwritten> unwritten() {
        Optional<Long> ramp = first.process.flatMap(
                now -> begun.map(before -> now.minus(before).writtenBytes()));
        return ramp.flatMap(ours -> first.unwrittenBytes.flatMap(
                all -> last.unwrittenBytes.map(after -> new Observation.Unwritten(Math.min(ours, all), after))));
    }

    private List<Storage.Neighbour> neighbours() {
        return last.neighbours.stream()
                .flatMap(after -> first.neighbours.stream()
                        .filter(before -> before.name().equals(after.name()))
                        .map(after::minus))
                .toList();
    }
}
