package io.plimsoll.security;

import io.plimsoll.model.Require;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/// The keys by which heartbeats are known to be genuine: the first one signs, each of them is believed. Two at once, so
/// that keys can be changed while clients run.
///
/// A file of them has a line for each, `CLUSTER HEX`: the name of the installation, which is signed too, and 32 bytes
/// or more in hexadecimal digits.
public record HeartbeatKeys(List<Key> keys) {
    /// Where there are no keys: tags are checksums only, and anybody can make one.
    public static final HeartbeatKeys NONE = new HeartbeatKeys(List.of(new Key("", new byte[Key.BYTES_MIN])));

    private static final int KEYS_MAX = 2;
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63})[ \t]+([0-9A-Fa-f]+)");

    /// @param cluster empty where there are no keys
    public record Key(String cluster, byte[] secret) {
        static final int BYTES_MIN = 32;
        private static final int BYTES_MAX = 64;

        /// A new one, which nobody else has.
        public static Key random(String cluster) {
            byte[] fresh = new byte[BYTES_MIN];
            new SecureRandom().nextBytes(fresh);
            return new Key(cluster, fresh);
        }

        public Key {
            Require.present("cluster", cluster);
            Require.inRange("bytes of a heartbeat key", secret.length, BYTES_MIN, BYTES_MAX);
            secret = secret.clone();
        }

        @Override
        public byte[] secret() {
            return secret.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key(String otherCluster, byte[] otherSecret)
                    && cluster.equals(otherCluster)
                    && Arrays.equals(secret, otherSecret);
        }

        @Override
        public int hashCode() {
            return cluster.hashCode() * 31 + Arrays.hashCode(secret);
        }

        /// Without the secret.
        @Override
        public String toString() {
            return "heartbeat key of " + cluster;
        }
    }

    public HeartbeatKeys {
        keys = List.copyOf(keys);
        Require.inRange("number of heartbeat keys", keys.size(), 1, KEYS_MAX);
    }

    /// Whether a tag proves anything.
    public boolean authenticate() {
        return !equals(NONE);
    }

    /// @throws CredentialsException naming file and line, never what is in it
    public static HeartbeatKeys read(Path file) {
        List<Key> keys = new ArrayList<>();
        List<String> lines = PrivateFiles.readSecret(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                keys.add(key(line, file + ":" + (i + 1)));
            }
        }
        if (keys.isEmpty() || keys.size() > KEYS_MAX) {
            throw new CredentialsException(
                    file + " has " + keys.size() + " keys; write one, or two while they are changed");
        }
        return new HeartbeatKeys(keys);
    }

    private static Key key(String line, String place) {
        var parts = LINE.matcher(line);
        int digits = parts.matches() ? parts.group(2).length() : 0;
        if (digits < 2 * Key.BYTES_MIN || digits > 2 * Key.BYTES_MAX || digits % 2 != 0) {
            throw new CredentialsException(
                    place + " is no heartbeat key; write the cluster's name and 64 to 128 digits:"
                            + " echo \"lab $(openssl rand -hex 32)\"");
        }
        return new Key(parts.group(1), HexFormat.of().parseHex(parts.group(2)));
    }
}
