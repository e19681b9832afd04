package io.plimsoll.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/// Makes and checks the tags of heartbeats: the first 16 bytes of HMAC-SHA256 over a fixed word, the cluster's name and
/// the datagram. One thread; a tag takes a microsecond.
public final class HeartbeatTags {
    public static final int BYTES = 16;

    private static final String ALGORITHM = "HmacSHA256";
    /// So that no other use of a key can ever give a tag.
    private static final String PURPOSE = "plimsoll heartbeat";

    private record Signer(Mac mac, byte[] prefix) {}

    private final boolean authenticate;
    private final List<Signer> signers;
    private final byte[] full = new byte[32];

    public HeartbeatTags(HeartbeatKeys keys) {
        authenticate = keys.authenticate();
        signers = keys.keys().stream().map(HeartbeatTags::signer).toList();
    }

    /// Whether a tag proves anything.
    public boolean authenticate() {
        return authenticate;
    }

    /// Writes the tag of the first `length` bytes behind them.
    public void sign(byte[] datagram, int length) {
        compute(signers.getFirst(), datagram, length);
        System.arraycopy(full, 0, datagram, length, BYTES);
    }

    /// Whether the bytes behind the first `length` ones are their tag by any of the keys.
    public boolean genuine(byte[] datagram, int length) {
        byte[] given = Arrays.copyOfRange(datagram, length, length + BYTES);
        boolean genuine = false;
        for (Signer signer : signers) {
            compute(signer, datagram, length);
            genuine |= MessageDigest.isEqual(given, Arrays.copyOf(full, BYTES));
        }
        return genuine;
    }

    private void compute(Signer signer, byte[] datagram, int length) {
        try {
            signer.mac.update(signer.prefix);
            signer.mac.update(datagram, 0, length);
            signer.mac.doFinal(full, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes", e);
        }
    }

    private static Signer signer(HeartbeatKeys.Key key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.secret(), ALGORITHM));
            byte[] purpose = PURPOSE.getBytes(StandardCharsets.US_ASCII);
            byte[] cluster = key.cluster().getBytes(StandardCharsets.US_ASCII);
            // with the length between them, so that no cluster's name runs into what follows
            ByteBuffer prefix = ByteBuffer.allocate(purpose.length + 1 + cluster.length);
            prefix.put(purpose).put((byte) cluster.length).put(cluster);
            return new Signer(mac, prefix.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM knows no " + ALGORITHM, e);
        }
    }
}
