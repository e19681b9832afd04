package io.plimsoll.launcher;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What to do instead of options that fio has and `bench` has not.
final class FioHints {
    private static final Map<String, String> INSTEAD = new HashMap<>();

    static {
        say("io_size io_limit number_ios loops offset", "--size says how many bytes, --runtime how long");
        say("bsrange blocksize_range bs_unaligned", "--bssplit=4k/50:64k/50 gives several block sizes");
        say("rate thinktime thinktime_blocks", "--rate_iops=N paces operations");
        say("rate_min rate_iops_min", "a rate that is not achieved is flagged in the result");
        say("timeout", "--runtime is the same");
        say("cpumask cpus_allowed_policy numa_cpu_nodes", "--cpus_allowed=0,2-3 says where data threads may run");
        say(
                "fixedbufs registerfiles nonvectored hugepage-size mem iomem iomem_align",
                "engines choose this themselves, and the result says what they chose");
        say(
                "iodepth_batch iodepth_low iodepth_batch_submit iodepth_batch_complete",
                "what is ready is submitted at once, and one completion is waited for");
        say("randrepeat allrandrepeat", "--randseed=N chooses the sequence, the same at each run");
        say("refill_buffers scramble_buffers", "data is incompressible; see --buffer_compress_percentage");
        say("zero_buffers buffer_pattern", "--buffer_compress_percentage=100 writes zeros");
        say("invalidate buffered", "--direct=1 keeps the page cache out");
        say("fallocate fill_device create_on_open", "files are written in full before a job, never only reserved");
        say("do_verify verify_fatal verify_only", "--verify writes checksums, and checks what it reads");
        say("sync_file_range fsync_on_close", "--fsync=N or --fdatasync=N");
        say("startdelay stonewall wait_for section new_group exitall", "one command is one job");
        say("client server daemonize", "plimsoll server and plimsoll client measure from several machines");
        say("minimal append-terse terse-version", "--output-format=json");
        say("gtod_reduce disable_lat disable_clat disable_slat", "every latency is always measured");
        say("clat_percentiles lat_percentiles slat_percentiles", "slat, clat, lat and resp are always there");
        say(
                "write_lat_log write_hist_log write_iops_log write_bw_log log_avg_msec log_hist_msec",
                "--output-format=json+ has every bin of the histograms");
        say("latency_target latency_window", "plimsoll saturate finds the highest rate that keeps a latency");
        say("status-interval eta-newline eta-interval", "--eta=always");
        say("cmdhelp enghelp", "--help");
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

    private static void say(String names, String instead) {
        for (String name : names.split(" ")) {
            INSTEAD.put(name, instead);
        }
    }
}
