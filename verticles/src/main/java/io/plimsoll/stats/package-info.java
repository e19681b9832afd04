/// Numbers about numbers: latency recorded, merged and read, with the error that histograms allow and no more.
///
/// One thread records ([io.plimsoll.stats.OpRecorder]), any other reads; histograms travel as bytes and are merged,
/// never averaged ([io.plimsoll.stats.Histograms]). HdrHistogram is known in this room only.
package io.plimsoll.stats;
