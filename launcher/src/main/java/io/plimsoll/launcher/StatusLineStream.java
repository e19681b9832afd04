package io.plimsoll.launcher;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A terminal on which a line of status is rewritten (it begins with a carriage return) while others print whole lines:
/// whatever is printed over the status erases it first, so that the two never stand in one line. Thread-safe, as far as
/// each line is one write, which print streams make of it.
final class StatusLineStream extends FilterOutputStream {
    private static final byte[] ERASE = "\r\u001b[K".getBytes(StandardCharsets.US_ASCII);
    /// A status longer than the terminal is wide is cut at its edge; wrapped, it would scroll instead of being
    /// rewritten.
    private static final byte[] NO_WRAP = "\u001b[?7l".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WRAP = "\u001b[?7h".getBytes(StandardCharsets.US_ASCII);
    private boolean status;

    StatusLineStream(OutputStream terminal) {
        super(terminal);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        if (bytes[offset] == '\r') {
            status = true;
            out.write(NO_WRAP);
            out.write(bytes, offset, length);
            out.write(WRAP);
            return;
        }
        if (status) {
            status = false;
            out.write(ERASE);
        }
        out.write(bytes, offset, length);
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }
}
