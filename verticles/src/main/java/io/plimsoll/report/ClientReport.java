package io.plimsoll.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.plimsoll.model.ClientState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the database knows of one session of one client in a run.
///
/// @param client key of the row in `clients`
/// @param session 1 for the first session of this client id in the run, 2 for the next
/// @param writingFrom begin of the first interval, by the client's clock; empty where nothing was measured
/// @param writingTo end of the last interval
public record ClientReport(
        long client,
        String clientId,
        int session,
        long bootEpochMs,
        ClientState state,
        String stateReason,
        Instant connectedAt,
        Instant lastSeenAt,
        Optional<Instant> endedAt,
        Optional<Instant> writingFrom,
        Optional<Instant> writingTo,
        Plan plan,
        Host host,
        Optional<Target> target,
        Throughput throughput,
        Optional<Latency> writeLatency,
        Optional<Latency> fsyncLatency,
        Optional<Resources> resources,
        Heartbeats heartbeats,
        Completeness completeness,
        List<Caution> cautions) {
    /// The least chunk that the tool takes without being told twice.
    static final long SMALL_CHUNK_BYTES = 10_000_000;

    public ClientReport {
        cautions = List.copyOf(cautions);
    }

    public record Plan(
            String engine, long chunkBytes, long fileBytes, double runTimeSeconds, int keptFilesMax, boolean forced) {}

    public record Host(
            String hostName,
            String kernel,
            String cpuModel,
            int cpuCount,
            long ramBytes,
            String javaVersion,
            String toolVersion,
            long pid) {}

    public record Target(
            String path,
            String mountPoint,
            String fileSystem,
            String source,
            String mountOptions,
            String device,
            String deviceModel,
            String scheduler,
            long sizeBytes,
            long freeBytes,
            long calibrationBytes,
            double calibrationSeconds,
            double predictedRollovers) {}

    /// @param files data files that were closed
    /// @param rollovers those that reached the file size
    /// @param bytes sum over the closed files
    /// @param intervalBytes sum over the intervals; more than `bytes` where a file was never closed
    /// @param meanMbPerSecond bytes / 10^6 / (write + fsync + close seconds) over all files
    /// @param minMbPerSecond slowest complete file
    /// @param ratioToFastest mean / mean of the run's fastest client
    public record Throughput(
            long files,
            long rollovers,
            long bytes,
            long intervals,
            long intervalBytes,
            long writeNs,
            long fsyncNs,
            long closeNs,
            long deleteNs,
            Optional<Double> meanMbPerSecond,
            Optional<Double> minMbPerSecond,
            Optional<Double> maxMbPerSecond,
            Optional<Double> ratioToFastest,
            Optional<DdTimes> dd) {
        Throughput withRatio(Optional<Double> ratio) {
            return new Throughput(
                    files,
                    rollovers,
                    bytes,
                    intervals,
                    intervalBytes,
                    writeNs,
                    fsyncNs,
                    closeNs,
                    deleteNs,
                    meanMbPerSecond,
                    minMbPerSecond,
                    maxMbPerSecond,
                    ratio,
                    dd);
        }
    }

    /// Time of the same writes by `dd`'s own word and by our clock, over the files that have both.
    public record DdTimes(long files, long bytes, long ddNs, long oursNs) {
        /// Our time beyond dd's, as a share of dd's: what starting dd and reading its answer costs.
        @JsonProperty
        public double overheadPercent() {
            return ddNs == 0 ? 0 : (oursNs - ddNs) * 100.0 / ddNs;
        }
    }

    /// CPU in percent of one core; means weigh each sample with its length.
    ///
    /// @param schedulingDelayNs sum of the times that the data thread was ready to run and had no processor
    public record Resources(
            long samples,
            double threadUserPercentMean,
            double threadUserPercentMax,
            double threadSystemPercentMean,
            double threadSystemPercentMax,
            double processCpuPercentMean,
            double processCpuPercentMax,
            long rssBytesMean,
            long rssBytesMax,
            long sampledNs,
            long schedulingDelayNs,
            Optional<Long> deviceReadBytes,
            Optional<Long> deviceWrittenBytes,
            Optional<Double> deviceBusyPercentMean,
            Optional<Double> deviceBusyPercentMax) {}

    public record Heartbeats(double intervalSeconds, long multicast, long unicast, long missed) {
        public long heard() {
            return multicast + unicast;
        }
    }

    /// @param present the session's reports that are in the database
    /// @param expected how many it sent by its own word; empty where it did not end in an orderly way
    /// @param declaredBytes what it wrote by its own word
    public record Completeness(
            long present,
            Optional<Long> expected,
            Optional<Long> declaredBytes,
            Optional<Integer> declaredFiles,
            Optional<Integer> declaredRollovers) {
        @JsonProperty
        public boolean complete() {
            return expected.isPresent() && expected.get() == present;
        }
    }

    ClientReport withRatio(Optional<Double> ratioToFastest) {
        return with(throughput.withRatio(ratioToFastest), cautions);
    }

    ClientReport withCautions(List<Caution> found) {
        return with(throughput, found);
    }

    private ClientReport with(Throughput newThroughput, List<Caution> newCautions) {
        return new ClientReport(
                client,
                clientId,
                session,
                bootEpochMs,
                state,
                stateReason,
                connectedAt,
                lastSeenAt,
                endedAt,
                writingFrom,
                writingTo,
                plan,
                host,
                target,
                newThroughput,
                writeLatency,
                fsyncLatency,
                resources,
                heartbeats,
                completeness,
                newCautions);
    }

    /// Whether it measured anything.
    public boolean wrote() {
        return throughput.intervals() > 0 || throughput.files() > 0;
    }
}
