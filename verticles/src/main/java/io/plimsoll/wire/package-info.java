/// Bytes and addresses: frames on TCP, heartbeats on UDP, messages and addresses of the event bus.
///
/// Everything that is decoded here came from outside: it is bounded before it is believed, and a decoder either
/// returns a checked record or throws [WireException] with one clear line.
package io.plimsoll.wire;
