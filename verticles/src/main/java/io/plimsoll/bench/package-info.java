/// Runs a job on this machine without any server, and says what came of it: data threads, pacing, recording, truth
/// checks, the search for the Plimsoll line, and how results are shown.
///
/// [io.plimsoll.bench.Bench#run] is the door. A job's data threads ([DataThread]) each have an engine and a
/// [DataLoop]; [JobRun] lets them begin together and takes what they record.
package io.plimsoll.bench;
