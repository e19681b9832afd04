package io.plimsoll.io;

/// What a block device has done since boot, for anyone.
///
/// @param busyMs time with I/O in flight
public record DeviceCounters(long readBytes, long writtenBytes, long busyMs) {}
