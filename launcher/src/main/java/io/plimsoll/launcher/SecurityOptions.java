package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import java.util.List;
import picocli.CommandLine.Option;

/// How server and client know each other.
final class SecurityOptions {
    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            description =
                    "A directory of plimsoll pki issue. Default: certificates of your own authority on this machine.")
    private String credentials;

    @Option(
            names = "--insecure",
            description =
                    "No certificates: the server believes everybody, the client whoever answers. The report says so.")
    private Boolean insecure;

    void addTo(List<Flag> flags) {
        Flags.add(flags, "--credentials", "security.credentials", credentials);
        Flags.add(flags, "--insecure", "security.mode", Boolean.TRUE.equals(insecure) ? "insecure" : null);
    }
}
