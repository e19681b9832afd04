/// Measures one disk and delivers what it measured.
///
/// `ClientVerticle` leads; `WriterVerticle` does the blocking writes on a thread of its own; `ResourceVerticle`,
/// `HeartbeatVerticle` and a one-second timer watch from other threads; every report goes through `UplinkVerticle`.
package io.plimsoll.client;
