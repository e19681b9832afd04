package io.plimsoll.config;

import io.plimsoll.model.TargetName;
import java.nio.file.Path;

/// A directory that the owner of a machine allows clients to write below, and its name for everybody else.
///
/// @param root absolute, and without detours; links in it are the owner's wish, below it none is followed
public record AllowedTarget(TargetName name, Path root) {
    public AllowedTarget {
        Check.present("targets", name);
        Check.present("targets", root);
        if (!root.isAbsolute() || !root.equals(root.normalize())) {
            throw new IllegalArgumentException("'" + root + "' is not an absolute path without '.' and '..'");
        }
        if (root.getNameCount() == 0) {
            throw new IllegalArgumentException("'/' is the whole machine; write a directory on a disk to measure");
        }
    }

    /// @param text `NAME=DIR`
    static AllowedTarget of(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("'" + text + "' is not NAME=DIR; write a target such as fast=/mnt/fast");
        }
        return new AllowedTarget(new TargetName(text.substring(0, equals)), Path.of(text.substring(equals + 1)));
    }

    @Override
    public String toString() {
        return name + "=" + root;
    }
}
