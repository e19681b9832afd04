package io.plimsoll.launcher;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What to do instead of options that fio has and `bench` has not, and what is always so here.
final class FioHints {
    private static final Map<String, String> SAID = new HashMap<>();

    static {
        target();
        work();
        data();
        engine();
        load();
        output();
        program();
    }

    private FioHints() {}

    private static void target() {
        instead(
                "filename_format unique_filename opendir",
                "--directory=DIR has files of its own, --filename=FILE is one");
        instead(
                "openfiles file_service_type create_only allow_file_create allow_mounted_write",
                "all files of a job are open, and take turns operation by operation; --nrfiles=N says how many");
        instead("nr_files", "--nrfiles is the same");
        instead("unlink_each_loop", "--unlink=1 removes the job's files at its end");
        instead("overwrite_mode file_append filetype", "--overwrite=1 writes over what is there");
        always("lockfile", "one benchmark at a time has the files of a directory, by a lock");
        always("create_serialize create_fsync", "files are laid out one by one and synced before the job");
        instead(
                "fallocate fill_device fill_fs create_on_open",
                "files are written in full before a job, never reserved");
        instead("pre_read", "cached pages are dropped before a job; --ramp_time=10 reads before measuring begins");
        always("invalidate", "cached pages of the files are dropped before a job");
        instead(
                "zonemode zonesize zonecapacity zonerange zoneskip read_beyond_wp max_open_zones job_max_open_zones"
                        + " ignore_zone_limits zone_reset_threshold zone_reset_frequency",
                "block devices are not written; a job works on files");
    }

    private static void work() {
        instead(
                "io_size io_limit number_ios loops offset fileoffset offset_increment offset_align",
                "--size says how many bytes, --runtime how long");
        instead(
                "bsrange blocksize_range bs_unaligned blocksize_unaligned bs_is_seq_rand",
                "--bssplit=4k/50:64k/50 gives several block sizes");
        always("ba blockalign", "random places are multiples of the smallest block size");
        always("norandommap softrandommap", "random places are drawn independently of each other, as with it");
        always("random_generator", "random numbers are of one generator with a period that no job comes to the end of");
        instead("randrepeat allrandrepeat", "--randseed=N chooses the sequence, the same at each run");
        instead(
                "percentage_random rw_sequencer sequencer",
                "a job is random or sequential: --rw=randread, or --rw=read");
        instead(
                "trim_percentage trim_verify_zero trim_backlog trim_backlog_batch",
                "trim is not supported; --rw=randwrite writes");
        instead(
                "write_iolog read_iolog read_iolog_chunked replay_no_stall replay_redirect replay_scale replay_align"
                        + " replay_time_scale replay_skip merge_blktrace_file merge_blktrace_scalars"
                        + " merge_blktrace_iters merge-blktrace-only",
                "recorded I/O is not replayed; --rw, --bssplit and --random_distribution describe a workload");
        always(
                "ignore_error continue_on_error exitall_on_error",
                "the first failed operation ends the job (exit code 3)");
        always("error_dump", "the first failed operation is told with file and errno");
        always("serialize_overlap", "with --verify, writes in flight never overlap");
    }

    private static void data() {
        always("refill_buffers scramble_buffers", "every block written is new; see --buffer_compress_percentage");
        instead("zero_buffers buffer_pattern buffer_compress_chunk", "--buffer_compress_percentage=100 writes zeros");
        instead(
                "dedupe_mode dedupe_working_set_percentage dedupe_global",
                "--dedupe_percentage=N says how much was written before");
        instead(
                "do_verify verify_only verify_interval verify_offset verify_pattern verify_dump verify_async"
                        + " verify_async_cpus verify_backlog verify_backlog_batch experimental_verify"
                        + " verify_state_load verify_state_save",
                "--verify writes checksums and checks what it reads; --rw=read --verify checks an earlier job's files");
        always("verify_fatal", "the first block that is not in order ends the job");
        instead("sync_file_range fsync_on_close write_barrier", "--fsync=N, --fdatasync=N, or --end_fsync=1");
        instead("atomic write_hint fadvise_hint", "--sync=dsync, or --direct=1, says how writes reach the storage");
    }

    private static void engine() {
        instead("buffered", "--direct=0 goes through the page cache, --direct=1 past it");
        always(
                "fixedbufs registerfiles nonvectored",
                "io_uring has fixed buffers and files wherever it can; the result's engine line says what it had");
        instead(
                "hipri hipri_percentage sqthread_poll sqthread_poll_cpu force_async nowait uncached userspace_reap"
                        + " io_submit_mode cmd_type",
                "a data thread submits and reaps by itself, and completions come by interrupt; use"
                        + " --ioengine=io_uring");
        always(
                "iodepth_batch iodepth_batch_submit iodepth_low iodepth_batch_complete iodepth_batch_complete_min"
                        + " iodepth_batch_complete_max",
                "what is ready is submitted together, and --iodepth=N is kept filled as completions come");
        always(
                "mem iomem iomem_align mem_align hugepage-size hugepages thp lockmem",
                "buffers are aligned for the device, in huge pages where the kernel grants them");
        instead(
                "cpumask cpus_allowed_policy numa_cpu_nodes numa_mem_policy",
                "--cpus_allowed=0,2-3 says where data threads may run");
        instead(
                "nice prio prioclass cmdprio_percentage cmdprio_class cmdprio cmdprio_bssplit ioscheduler",
                "run all of plimsoll under nice or ionice");
        instead("cgroup cgroup_nodelete cgroup_weight uid gid", "start all of plimsoll in the group, as the user");
        always("clocksource gtod_cpu gtod_reduce", "times are of the monotonic clock, in ns, for every operation");
        instead("fork", "data threads are threads; --numjobs=N says how many");
    }

    private static void load() {
        instead(
                "rate rate_cycle ratecycle rate_ignore_thinktime thinktime thinktime_spin thinktime_blocks"
                        + " thinktime_blocks_type thinktime_iotime flow flow_id flow_sleep",
                "--rate_iops=N paces operations");
        always("rate_min rate_iops_min ratemin", "a rate that is not achieved is flagged in the result");
        instead(
                "latency_target latency_window latency_percentile latency_run max_latency",
                "plimsoll saturate finds the highest rate that keeps a latency");
        instead("timeout", "--runtime is the same");
        instead(
                "steadystate ss steadystate_duration ss_dur steadystate_ramp_time ss_ramp",
                "--ramp_time=10 leaves out the beginning; plimsoll saturate repeats until steps agree");
        instead(
                "startdelay start_delay stonewall wait_for wait_for_previous section new_group exitall exit_what",
                "one command is one job; several run one after the other from a script");
        instead("exec_prerun exec_postrun", "run the command before or after this one");
    }

    private static void output() {
        instead("minimal append-terse terse-version", "--output-format=json");
        always("disable_lat disable_clat disable_slat disable_bw_measurement disable_bw", "every latency is measured");
        always(
                "clat_percentiles lat_percentiles slat_percentiles stats disk_util unified_rw_reporting",
                "percentiles of every latency and the disk's share are in the result, reads and writes apart");
        always("significant_figures kb_base unit_base", "numbers are as fio prints them by itself");
        instead(
                "write_lat_log write_hist_log write_iops_log write_bw_log log_avg_msec log_hist_msec bwavgtime"
                        + " iopsavgtime log_entries log_hist_coarseness log_max_value log_offset log_prio"
                        + " log_compression log_compression_cpus log_store_compressed log_unix_epoch"
                        + " log_alternate_epoch log_alternate_epoch_clock_id per_job_logs bandwidth-log inflate-log"
                        + " block_error_percentiles",
                "--output-format=json+ has every bin of the histograms");
        instead("status-interval eta-newline eta-interval", "--eta=always");
        instead("description", "--name=NAME names the job in the result");
    }

    private static void program() {
        instead(
                "client server daemonize remote-config",
                "plimsoll server and plimsoll client measure from several machines");
        instead("cmdhelp enghelp showcmd parse-only warnings-fatal", "--help lists every flag; nothing is ignored");
        instead("readonly", "--rw=read or --rw=randread write nothing but the files that they lay out");
        instead(
                "cpuclock-test crctest idle-prof profile",
                "the result's own cost line says what the tool itself takes");
        always("alloc-size max-jobs aux-path", "memory is taken as a job needs it, and no state is left behind");
        instead("trigger trigger-file trigger-timeout trigger-remote", "Ctrl-C ends a job with the result until then");
    }

    /// @param argument as typed: `--rate=10m`
    static Optional<String> instead(String argument) {
        if (!argument.startsWith("-")) {
            return Optional.of("'" + argument + "' is not a flag; jobs are said by flags (job files are not read)");
        }
        return Optional.ofNullable(SAID.get(argument.replaceFirst("^--?", "").replaceFirst("=.*", "")));
    }

    private static void instead(String names, String instead) {
        for (String name : names.split(" ")) {
            SAID.put(name, "fio's --" + name + " is not supported here; " + instead);
        }
    }

    private static void always(String names, String how) {
        for (String name : names.split(" ")) {
            SAID.put(name, "fio's --" + name + " is not needed here: " + how);
        }
    }
}
