package io.plimsoll.server;

import io.plimsoll.model.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Writes each committed report to the log, one line each; the intervals, one a second and client, at DEBUG.
final class ReportLog {
    private static final Logger LOG = LoggerFactory.getLogger("plimsoll.report");

    private ReportLog() {}

    static void log(String client, long sequence, Report report) {
        switch (report) {
            case Report.RunStarted r ->
                line(LOG.atInfo(), client, sequence)
                        .addKeyValue("path", r.target().path())
                        .addKeyValue("fileSystem", r.target().fileSystem())
                        .addKeyValue("device", r.target().device())
                        .addKeyValue(
                                "predictedRollovers", rounded(r.calibration().predictedRollovers()))
                        .log("client-run-started");
            case Report.FileClosed r ->
                line(LOG.atInfo(), client, sequence)
                        .addKeyValue("file", r.name())
                        .addKeyValue("bytes", r.bytes())
                        .addKeyValue("writeMs", r.writeNs() / 1_000_000)
                        .addKeyValue("fsyncMs", r.fsyncNs() / 1_000_000)
                        .addKeyValue("MBs", megabytesPerSecond(r))
                        .log(r.complete() ? "client-rollover" : "client-file-closed");
            case Report.Interval r ->
                line(LOG.atDebug(), client, sequence)
                        .addKeyValue("index", r.index())
                        .addKeyValue("bytes", r.bytes())
                        .addKeyValue("ops", r.ops())
                        .addKeyValue("maxMs", r.maxNs() / 1_000_000)
                        .log("client-interval");
            case Report.Resources r ->
                line(LOG.atInfo(), client, sequence)
                        .addKeyValue("threadUserPercent", rounded(r.threadUserPercent()))
                        .addKeyValue("threadSystemPercent", rounded(r.threadSystemPercent()))
                        .addKeyValue("processCpuPercent", rounded(r.processCpuPercent()))
                        .addKeyValue("rssBytes", r.rssBytes())
                        .addKeyValue("schedulingDelayMs", r.schedulingDelayNs() / 1_000_000)
                        .log("client-resources");
            case Report.Happened r ->
                line(LOG.atWarn(), client, sequence)
                        .addKeyValue("kind", r.kind().word())
                        .addKeyValue("detail", r.detail())
                        .log("client-event");
            case Report.RunEnded r ->
                line(LOG.atInfo(), client, sequence)
                        .addKeyValue("outcome", r.outcome())
                        .addKeyValue("reason", r.reason())
                        .addKeyValue("bytes", r.bytes())
                        .addKeyValue("files", r.files())
                        .addKeyValue("rollovers", r.rollovers())
                        .log("client-run-ended");
        }
    }

    private static LoggingEventBuilder line(LoggingEventBuilder at, String client, long sequence) {
        return at.addKeyValue("client", client).addKeyValue("sequence", sequence);
    }

    private static double megabytesPerSecond(Report.FileClosed r) {
        long ns = r.writeNs() + r.fsyncNs() + r.closeNs();
        return ns == 0 ? 0 : rounded(r.bytes() * 1e3 / ns);
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
