package io.plimsoll.io;

import io.plimsoll.model.SyncPolicy;

/// How an engine opens a file.
///
/// @param create it must not be there yet
public record OpenMode(boolean read, boolean write, boolean create, boolean direct, SyncPolicy.OpenFlag sync) {
    public OpenMode {
        if (!read && !write || create && !write) {
            throw new IllegalArgumentException("a file is opened to be read or written, and created to be written");
        }
    }
}
