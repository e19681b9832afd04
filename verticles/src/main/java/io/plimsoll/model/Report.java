package io.plimsoll.model;

import java.util.Arrays;
import java.util.Optional;

/// What a client tells the server; every one gets the session's next sequence number and becomes one row of the
/// database. Times named `…AtMs` are wall clock, milliseconds since 1970; durations in ns come from the monotonic
/// clock.
public sealed interface Report {

    /// The preflight passed and writing begins.
    record RunStarted(long atMs, Calibration calibration, TargetFacts target) implements Report {
        public RunStarted {
            Require.wallClock("start time", atMs);
            Require.present("calibration", calibration);
            Require.present("target", target);
        }
    }

    /// A data file was closed, by rollover (`complete`) or by the end of the run.
    ///
    /// @param index 1 for `data-000001`
    /// @param writeNs sum of the chunks' write times
    /// @param fsyncNs time of the fsync at the end of the file
    /// @param closeNs time of the close
    /// @param deleteNs time that deleting the oldest file took before this one began; no part of the throughput
    /// @param ddNs sum of the times that `dd` printed for the chunks, with the dd engine only
    record FileClosed(
            long startedAtMs,
            int index,
            String name,
            long bytes,
            long chunks,
            boolean complete,
            long writeNs,
            long fsyncNs,
            long closeNs,
            long deleteNs,
            Optional<Long> ddNs)
            implements Report {
        public FileClosed {
            Require.wallClock("file start time", startedAtMs);
            Require.positive("file index", index);
            Require.text("file name", name, 256);
            Require.notNegative("file bytes", bytes);
            Require.notNegative("file chunks", chunks);
            Require.notNegative("write time in ns", writeNs);
            Require.notNegative("fsync time in ns", fsyncNs);
            Require.notNegative("close time in ns", closeNs);
            Require.notNegative("delete time in ns", deleteNs);
            Require.present("dd time", ddNs);
            ddNs.ifPresent(ns -> Require.notNegative("dd time in ns", ns));
        }
    }

    /// One second of writing.
    ///
    /// @param index 0 for the first interval of the run
    /// @param ops chunks whose write completed in the interval
    /// @param histogram latency of those chunks in ns, HdrHistogram V2 compressed encoding
    record Interval(long startedAtMs, int index, long durationNs, long bytes, long ops, long maxNs, byte[] histogram)
            implements Report {
        public static final int HISTOGRAM_BYTES_MAX = 256 * 1024;

        public Interval {
            Require.wallClock("interval start time", startedAtMs);
            Require.notNegative("interval index", index);
            Require.positive("interval duration in ns", durationNs);
            Require.notNegative("interval bytes", bytes);
            Require.notNegative("interval ops", ops);
            Require.notNegative("interval max latency in ns", maxNs);
            Require.present("histogram", histogram);
            Require.inRange("histogram bytes", histogram.length, 0, HISTOGRAM_BYTES_MAX);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Interval o
                    && startedAtMs == o.startedAtMs
                    && index == o.index
                    && durationNs == o.durationNs
                    && bytes == o.bytes
                    && ops == o.ops
                    && maxNs == o.maxNs
                    && Arrays.equals(histogram, o.histogram);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(startedAtMs) + Arrays.hashCode(histogram);
        }
    }

    /// CPU, memory and disk over the last ten seconds (or what was configured). Percentages are of one core.
    ///
    /// @param schedulingDelayNs how long the data thread was runnable and had no processor
    /// @param deviceWrittenBytes bytes that the target's block device wrote, by anyone; absent where there is none
    /// @param deviceBusyPercent share of the time in which the device had I/O in flight; absent where there is none
    record Resources(
            long atMs,
            long durationNs,
            double threadUserPercent,
            double threadSystemPercent,
            double processCpuPercent,
            long rssBytes,
            long schedulingDelayNs,
            Optional<Long> deviceReadBytes,
            Optional<Long> deviceWrittenBytes,
            Optional<Double> deviceBusyPercent)
            implements Report {
        public Resources {
            Require.wallClock("sample time", atMs);
            Require.positive("sample duration in ns", durationNs);
            Require.notNegative("data thread user %", threadUserPercent);
            Require.notNegative("data thread system %", threadSystemPercent);
            Require.notNegative("process CPU %", processCpuPercent);
            Require.notNegative("RSS in bytes", rssBytes);
            Require.notNegative("scheduling delay in ns", schedulingDelayNs);
            Require.present("device read bytes", deviceReadBytes);
            deviceReadBytes.ifPresent(b -> Require.notNegative("device read bytes", b));
            Require.present("device written bytes", deviceWrittenBytes);
            deviceWrittenBytes.ifPresent(b -> Require.notNegative("device written bytes", b));
            Require.present("device busy %", deviceBusyPercent);
            deviceBusyPercent.ifPresent(p -> Require.notNegative("device busy %", p));
        }
    }

    /// Something worth telling that is neither a number nor a file: a stall, a full disk, a change of heartbeat path.
    record Happened(long atMs, EventKind kind, String detail) implements Report {
        public static final int DETAIL_CHARS_MAX = 2000;

        public Happened {
            Require.wallClock("event time", atMs);
            Require.present("event kind", kind);
            Require.text("event detail", detail, DETAIL_CHARS_MAX);
        }
    }

    /// The last report of a session. `lastSequence` is its own number, so the server can prove that all are there.
    record RunEnded(
            long atMs, long lastSequence, ClientState outcome, String reason, long bytes, int files, int rollovers)
            implements Report {
        public RunEnded {
            Require.wallClock("end time", atMs);
            Require.positive("last sequence", lastSequence);
            Require.present("outcome", outcome);
            if (!outcome.ended()) {
                throw new IllegalArgumentException("outcome is " + outcome + ", which is not an end");
            }
            Require.text("reason", reason, Happened.DETAIL_CHARS_MAX);
            Require.notNegative("bytes", bytes);
            Require.notNegative("files", files);
            Require.notNegative("rollovers", rollovers);
        }
    }
}
