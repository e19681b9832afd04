/// Runs a job on this machine without any server, and says what came of it: data threads, pacing, recording, truth
/// checks, the search for the Plimsoll line, and how results are shown.
package io.plimsoll.bench;
