package io.plimsoll.client;

import io.plimsoll.model.Report;

/// Takes reports for delivery; any thread, never blocks, keeps the order of each thread.
interface ReportSink {
    void accept(Report report);
}
