package io.plimsoll.io;

import java.io.IOException;

/// Files were not laid out to the end, because somebody stopped it. What is complete is kept for the next time.
public final class LayoutStoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    LayoutStoppedException() {
        super("stopped while the files were laid out");
    }
}
