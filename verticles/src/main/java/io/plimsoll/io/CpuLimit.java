package io.plimsoll.io;

import io.plimsoll.io.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The control groups that may hold back this process for having used its share of CPU, from its own up to the
/// topmost that is visible here: how Kubernetes' `limits.cpu` and Docker's `--cpus` are kept. Versions 1 and 2.
public final class CpuLimit {
    private final List<Path> groups;

    private CpuLimit(List<Path> groups) {
        this.groups = List.copyOf(groups);
    }

    /// Since the groups began; of several that hold back at the same time, the sum.
    ///
    /// @param throttles periods in which a group was held back
    /// @param throttledNs for how long
    public record Sample(long throttles, long throttledNs) {
        public Sample minus(Sample earlier) {
            return new Sample(throttles - earlier.throttles, throttledNs - earlier.throttledNs);
        }
    }

    public static CpuLimit ofThisProcess() {
        try {
            return of(MountTable.ofThisProcess(), Files.readString(Path.of("/proc/self/cgroup")));
        } catch (IOException e) {
            return new CpuLimit(List.of());
        }
    }

    /// @param cgroup lines of `number:controllers:path`, without controllers for version 2 (cgroups(7))
    static CpuLimit of(MountTable mounts, String cgroup) {
        List<Path> groups = new ArrayList<>();
        cgroup.lines()
                .map(line -> line.split(":", 3))
                .filter(f -> f.length == 3 && f[2].startsWith("/"))
                .forEach(f -> {
                    boolean two = f[1].isEmpty();
                    if (two || List.of(f[1].split(",")).contains("cpu")) {
                        mount(mounts, two).ifPresent(m -> groups.addAll(upwards(m.mountPoint(), f[2])));
                    }
                });
        return new CpuLimit(groups);
    }

    private static Optional<Mount> mount(MountTable mounts, boolean two) {
        return mounts.mounts().stream()
                .filter(m -> two
                        ? m.fileSystem().equals("cgroup2")
                        : m.fileSystem().equals("cgroup")
                                && List.of(m.options().split(",")).contains("cpu"))
                .findFirst();
    }

    /// Inside a container the path may be that of the host, which is not to be seen here; what is mounted is our group.
    private static List<Path> upwards(Path mountPoint, String path) {
        Path own = mountPoint.resolve(path.substring(1)).normalize();
        List<Path> groups = new ArrayList<>();
        for (Path group = own.startsWith(mountPoint) && Files.isDirectory(own) ? own : mountPoint;
                group != null && group.startsWith(mountPoint);
                group = group.getParent()) {
            groups.add(group);
        }
        return groups;
    }

    /// Empty where no group keeps accounts of it: no limit, or none that is visible.
    public Optional<Sample> sample() {
        List<Sample> samples = groups.stream()
                .map(group -> ProcFile.read(group.resolve("cpu.stat")).flatMap(CpuLimit::parse))
                .flatMap(Optional::stream)
                .toList();
        return samples.isEmpty()
                ? Optional.empty()
                : Optional.of(new Sample(
                        samples.stream().mapToLong(Sample::throttles).sum(),
                        samples.stream().mapToLong(Sample::throttledNs).sum()));
    }

    /// Version 1 has `throttled_time` in ns, version 2 `throttled_usec`.
    static Optional<Sample> parse(String stat) {
        Optional<Long> ns = ProcFile.number(stat, "throttled_time")
                .or(() -> ProcFile.number(stat, "throttled_usec").map(us -> us * 1_000));
        return ProcFile.number(stat, "nr_throttled").flatMap(times -> ns.map(n -> new Sample(times, n)));
    }
}
