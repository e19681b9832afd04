package io.plimsoll.report;

import io.plimsoll.stats.Histograms;
import io.plimsoll.stats.LatencyHistogram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Merges the histograms of intervals that arrive grouped by client. In memory at any one time: one client's sum, the
/// total, and [#PENDING_MAX] decoded histograms, whatever the number of clients and intervals. One thread.
final class LatencyMerge {
    /// Merging copies the sum once for each call, so several are merged at once.
    private static final int PENDING_MAX = 32;

    /// @param unreadable histograms that could not be decoded, or whose counts are beyond all bounds
    record Merged(Optional<Latency> latency, long unreadable) {
        static final Merged NOTHING = new Merged(Optional.empty(), 0);
    }

    private final Map<Long, Merged> byClient = new HashMap<>();
    private final List<LatencyHistogram> pending = new ArrayList<>(PENDING_MAX + 1);
    private LatencyHistogram total = Histograms.empty();
    private LatencyHistogram sum = Histograms.empty();
    private long countOfAll;
    private long client = -1;
    private long maxNs;
    private long maxNsOfAll;
    private long unreadable;

    /// @throws IllegalStateException if the client's rows are not next to each other
    void add(long ofClient, long intervalMaxNs, byte[] encoded) {
        if (ofClient != client) {
            endClient();
            if (byClient.containsKey(ofClient)) {
                throw new IllegalStateException("intervals of client " + ofClient + " are not grouped");
            }
            client = ofClient;
        }
        LatencyHistogram decoded;
        try {
            decoded = Histograms.decode(encoded);
        } catch (IllegalArgumentException _) {
            unreadable++;
            return;
        }
        if (decoded.count() > Long.MAX_VALUE - countOfAll) {
            unreadable++;
            return;
        }
        countOfAll += decoded.count();
        maxNs = Math.max(maxNs, Math.max(intervalMaxNs, 0));
        pending.add(decoded);
        if (pending.size() == PENDING_MAX) {
            mergePending();
        }
    }

    Map<Long, Merged> byClient() {
        endClient();
        return Map.copyOf(byClient);
    }

    Optional<Latency> total() {
        endClient();
        return latency(total, maxNsOfAll);
    }

    private void endClient() {
        if (client < 0) {
            return;
        }
        mergePending();
        byClient.put(client, new Merged(latency(sum, maxNs), unreadable));
        total = Histograms.merge(total, sum);
        maxNsOfAll = Math.max(maxNsOfAll, maxNs);
        sum = Histograms.empty();
        client = -1;
        maxNs = 0;
        unreadable = 0;
    }

    private void mergePending() {
        pending.add(sum);
        sum = Histograms.merge(pending);
        pending.clear();
    }

    private static Optional<Latency> latency(LatencyHistogram h, long exactMaxNs) {
        if (h.isEmpty()) {
            return Optional.empty();
        }
        // A histogram answers with the upper edge of a bucket, which may lie beyond the exact maximum.
        return Optional.of(new Latency(
                h.count(),
                false,
                Math.min(h.percentileNs(50), exactMaxNs),
                Math.min(h.percentileNs(90), exactMaxNs),
                Math.min(h.percentileNs(99), exactMaxNs),
                Math.min(h.percentileNs(99.9), exactMaxNs),
                exactMaxNs));
    }
}
