package io.plimsoll.report;

import java.util.Locale;

/// Something that a reader must know before trusting the numbers of a client, or of a run.
///
/// @param detail the evidence, in words of our own; names from clients are not in it
public record Caution(Kind kind, String detail) {

    public enum Kind {
        /// The numbers cover a part of the run only: the client was lost, interrupted, rejected or failed.
        PARTIAL(true),
        /// Reports that the client sent are not in the database.
        REPORTS_MISSING(true),
        /// The client's own sums differ from the sums of its rows.
        SUMS_DIFFER(true),
        /// A latency histogram could not be read.
        HISTOGRAM_UNREADABLE(true),
        /// The database could lose what it had committed.
        UNSAFE_DATABASE(true),
        /// Fewer than two files rolled over.
        FEW_ROLLOVERS(false),
        /// Fewer than two rollovers were predicted before the run.
        FEW_ROLLOVERS_PREDICTED(false),
        /// The user overruled that prediction.
        FORCED(false),
        /// Chunks smaller than 10 MB.
        SMALL_CHUNKS(false),
        /// Bytes were written to a file that was never closed; they are in no throughput.
        UNCLOSED_BYTES(false),
        /// The server asked nobody for a certificate, and others than its own host could reach it.
        INSECURE(false);

        private final boolean loud;

        Kind(boolean loud) {
            this.loud = loud;
        }

        /// Whether it belongs beside the verdict rather than below the table.
        public boolean loud() {
            return loud;
        }

        /// `few-rollovers` for FEW_ROLLOVERS: as shown and in JSON.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
