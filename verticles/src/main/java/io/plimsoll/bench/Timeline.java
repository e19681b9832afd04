package io.plimsoll.bench;

import io.plimsoll.model.JobPlan;

/// When a job begins, begins to be measured, and ends, on the monotonic clock; the same for all its data threads.
///
/// @param endNs `Long.MAX_VALUE` without a time limit
record Timeline(long startNs, long measureNs, long endNs) {
    static Timeline of(JobPlan.Span span, long startNs) {
        long measureNs = startNs + span.rampNs();
        return new Timeline(startNs, measureNs, span.runtimeNs() == 0 ? Long.MAX_VALUE : measureNs + span.runtimeNs());
    }

    /// Returns at the start, whoever calls.
    void awaitStart() {
        while (System.nanoTime() < startNs) {
            Thread.onSpinWait();
        }
    }
}
