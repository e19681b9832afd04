package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FioHintsTest {
    /// Of fio 3.33: the program's, a job's with their other names, and those of the io_uring, libaio and mmap engines.
    private static final String FIOS = """
        alloc-size allow_file_create allow_mounted_write allrandrepeat atomic aux-path ba bandwidth-log
        block_error_percentiles blockalign blocksize blocksize_range blocksize_unaligned bs bs_unaligned
        bsrange bssplit buffer_compress_chunk buffer_compress_percentage buffer_pattern buffered
        bwavgtime cgroup cgroup_nodelete cgroup_weight clat_percentiles client clocksource cmd_type
        cmdhelp cmdprio cmdprio_bssplit cmdprio_class cmdprio_percentage continue_on_error cpuclock-test
        cpumask cpus_allowed cpus_allowed_policy crctest create_fsync create_on_open create_only
        create_serialize daemonize debug dedupe_global dedupe_mode dedupe_percentage
        dedupe_working_set_percentage description direct directory disable_bw disable_bw_measurement
        disable_clat disable_lat disable_slat disk_util do_verify end_fsync enghelp error_dump eta
        eta-newline exec_postrun exec_prerun exit_what exitall exitall_on_error experimental_verify
        fadvise_hint fallocate fdatasync file_append file_service_type filename filename_format
        fileoffset filesize fill_device fill_fs fixedbufs flow flow_id flow_sleep force_async fsync
        fsync_on_close gid group_reporting gtod_cpu gtod_reduce help hipri hugepage-size idle-prof
        ignore_error ignore_zone_limits inflate-log invalidate io_limit io_size io_submit_mode iodepth
        iodepth_batch iodepth_batch_complete iodepth_batch_complete_max iodepth_batch_complete_min
        iodepth_batch_submit iodepth_low ioengine iomem iopsavgtime ioscheduler job_max_open_zones
        kb_base lat_percentiles latency_percentile latency_run latency_target latency_window lockfile
        lockmem log_alternate_epoch log_alternate_epoch_clock_id log_avg_msec log_compression
        log_compression_cpus log_entries log_hist_coarseness log_hist_msec log_max_value log_offset
        log_prio log_store_compressed log_unix_epoch loops max-jobs max_latency max_open_zones mem
        merge-blktrace-only merge_blktrace_file merge_blktrace_iters merge_blktrace_scalars minimal name
        new_group nice nonvectored norandommap nowait nr_files nrfiles numa_cpu_nodes numa_mem_policy
        number_ios numjobs offset offset_align offset_increment opendir openfiles output output-format
        overwrite parse-only per_job_logs percentage_random percentile_list pre_read prio prioclass
        profile ramp_time random_distribution random_generator randrepeat randseed rate rate_cycle
        rate_ignore_thinktime rate_iops rate_iops_min rate_min rate_process ratecycle ratemin
        read_beyond_wp read_iolog read_iolog_chunked readonly readwrite refill_buffers registerfiles
        remote-config replay_align replay_no_stall replay_redirect replay_scale replay_skip
        replay_time_scale runtime rw rw_sequencer rwmixread rwmixwrite scramble_buffers section
        serialize_overlap server showcmd significant_figures size slat_percentiles sqthread_poll
        sqthread_poll_cpu ss ss_dur ss_ramp startdelay stats status-interval steadystate
        steadystate_duration steadystate_ramp_time stonewall sync sync_file_range terse-version
        thinktime thinktime_blocks thinktime_blocks_type thinktime_iotime thinktime_spin thp thread
        time_based timeout trigger trigger-file trigger-remote trigger-timeout trim_backlog
        trim_backlog_batch trim_percentage trim_verify_zero uid uncached unified_rw_reporting
        unique_filename unit_base unlink unlink_each_loop userspace_reap verify verify_async
        verify_backlog verify_backlog_batch verify_dump verify_fatal verify_interval verify_offset
        verify_only verify_pattern verify_state_load verify_state_save version wait_for
        wait_for_previous warnings-fatal write_barrier write_bw_log write_hint write_hist_log
        write_iolog write_iops_log write_lat_log zero_buffers zone_reset_frequency zone_reset_threshold
        zonecapacity zonemode zonerange zonesize zoneskip
        """;

    private final Map<String, ?> ours =
            Main.commandLine().getSubcommands().get("bench").getCommandSpec().optionsMap();

    @Test
    void everyFlagOfFiosIsOursOrHasAHint() {
        Set<String> silent = new TreeSet<>();
        for (String name : FIOS.strip().split("\\s+")) {
            Optional<String> hint = FioHints.instead("--" + name + "=1");
            if (ours.containsKey("--" + name)) {
                assertEquals(Optional.empty(), hint, name + " is a flag here");
            } else if (hint.isEmpty()) {
                silent.add(name);
            }
        }
        assertEquals(Set.of(), silent);
    }

    @Test
    void hintsNameFlagsThatThereAre() {
        for (String name : FIOS.strip().split("\\s+")) {
            String hint = FioHints.instead("--" + name).orElse("");
            assertFalse(hint.contains("\n"), hint);
            Matcher flags = Pattern.compile("--[a-z][a-z_-]*").matcher(hint.replaceFirst("^fio's \\S+", ""));
            while (flags.find()) {
                assertTrue(ours.containsKey(flags.group()), hint);
            }
        }
    }

    @Test
    void whatIsAlwaysSoIsSaidSo() {
        assertEquals(
                Optional.of("fio's --norandommap is not needed here: random places are drawn independently of each"
                        + " other, as with it"),
                FioHints.instead("--norandommap"));
        assertEquals(
                Optional.of("fio's --rate is not supported here; --rate_iops=N paces operations"),
                FioHints.instead("--rate=10m"));
        for (String word : List.of("--no-such", "--iodpeth=3")) {
            assertEquals(Optional.empty(), FioHints.instead(word));
        }
    }
}
