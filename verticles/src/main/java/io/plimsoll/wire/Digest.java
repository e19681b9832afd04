package io.plimsoll.wire;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What tells two contents of one report apart: the first 8 bytes of SHA-256 over the body of its frame, never 0.
public final class Digest {
    private Digest() {}

    public static long of(Buffer body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body.getBytes());
            long digest = ByteBuffer.wrap(hash).getLong();
            return digest == 0 ? 1 : digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
