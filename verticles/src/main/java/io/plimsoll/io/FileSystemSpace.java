package io.plimsoll.io;

/// How full a file system is.
///
/// @param freeBytes what an unprivileged user may still write
public record FileSystemSpace(long sizeBytes, long freeBytes, boolean readOnly) {}
