/// Syscalls, files and payloads: what touches the disk that is measured, and nothing else.
///
/// `RollingWriter` writes a plan's chunks into `data-000001`, `data-000002` … of a `TargetDirectory`, through
/// `ChunkFiles` and an `Engine`, and tells a `WriteObserver` in primitives. It knows neither verticles nor logs; it is
/// given its clock.
/// libc is reached through `java.lang.foreign` (`Posix`, `PosixFiles`), on Linux.
package io.plimsoll.io;
