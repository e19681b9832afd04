/// Gathers every client's reports into the database: TCP and UDP in, one persistence verticle out.
///
/// A report's way: `TcpVerticle` decodes frames and sends batches on a local bus address to `PersistenceVerticle`,
/// which commits and replies; only then is the report acknowledged. `RosterVerticle` knows runs and presence.
package io.plimsoll.server;
