package io.plimsoll.launcher;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What to do instead of options that fio has and `bench` has not.
final class FioHints {
    private static final Map<String, String> INSTEAD = new HashMap<>();

    static {
        say("--size says how many bytes, --runtime how long", "io_size", "io_limit", "number_ios", "loops", "offset");
        say("--bssplit=4k/50:64k/50 gives several block sizes", "bsrange", "blocksize_range", "bs_unaligned");
        say("--rate_iops=N paces operations", "rate", "thinktime", "thinktime_blocks");
        say("a rate that is not achieved is flagged in the result", "rate_min", "rate_iops_min");
        say("--runtime is the same", "timeout");
        say("--cpus_allowed=0,2-3 says where data threads may run", "cpumask", "cpus_allowed_policy", "numa_cpu_nodes");
        say("engines choose this themselves, and the result says what they chose", "fixedbufs", "registerfiles");
        say("engines choose this themselves, and the result says what they chose", "nonvectored", "hugepage-size");
        say("engines choose this themselves, and the result says what they chose", "mem", "iomem", "iomem_align");
        say("what is ready is submitted at once, and one completion is waited for", "iodepth_batch", "iodepth_low");
        say("what is ready is submitted at once, and one completion is waited for", "iodepth_batch_submit");
        say("what is ready is submitted at once, and one completion is waited for", "iodepth_batch_complete");
        say("--randseed=N chooses the sequence, the same at each run", "randrepeat", "allrandrepeat");
        say("data is incompressible; see --buffer_compress_percentage", "refill_buffers", "scramble_buffers");
        say("--buffer_compress_percentage=100 writes zeros", "zero_buffers", "buffer_pattern");
        say("--direct=1 keeps the page cache out", "invalidate", "buffered");
        say(
                "files are written in full before a job, never only reserved",
                "fallocate",
                "fill_device",
                "create_on_open");
        say("--verify writes checksums, and checks what it reads", "do_verify", "verify_fatal", "verify_only");
        say("--fsync=N or --fdatasync=N", "sync_file_range", "fsync_on_close");
        say("one command is one job", "startdelay", "stonewall", "wait_for", "section", "new_group", "exitall");
        say("plimsoll server and plimsoll client measure from several machines", "client", "server", "daemonize");
        say("--output-format=json", "minimal", "append-terse", "terse-version");
        say("every latency is always measured", "gtod_reduce", "disable_lat", "disable_clat", "disable_slat");
        say("slat, clat, lat and resp are always there", "clat_percentiles", "lat_percentiles", "slat_percentiles");
        say(
                "--output-format=json+ has every bin of the histograms",
                "write_lat_log",
                "write_hist_log",
                "write_iops_log");
        say("--output-format=json+ has every bin of the histograms", "write_bw_log", "log_avg_msec", "log_hist_msec");
        say("plimsoll saturate finds the highest rate that keeps a latency", "latency_target", "latency_window");
        say("--eta=always", "status-interval", "eta-newline", "eta-interval");
        say("--help", "cmdhelp", "enghelp");
    }

    private FioHints() {}

    /// @param argument as typed: `--rate=10m`
    static Optional<String> instead(String argument) {
        if (!argument.startsWith("-")) {
            return Optional.of("'" + argument + "' is not a flag; jobs are said by flags (job files are not read)");
        }
        String name = argument.replaceFirst("^--?", "").replaceFirst("=.*", "");
        return Optional.ofNullable(INSTEAD.get(name))
                .map(instead -> "fio's --" + name + " is not supported here; " + instead);
    }

    private static void say(String instead, String... names) {
        for (String name : names) {
            INSTEAD.put(name, instead);
        }
    }
}
