package io.plimsoll.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Packets between clients and their server that vanish: firewall rules of the network namespace that this
/// process is in, which must be its own. Connections stay, as they do where a switch dies.
final class Partitions {
    private final String serverPort;

    Partitions(int serverPort) {
        this.serverPort = Integer.toString(serverPort);
    }

    /// @param source the client's address
    /// @param up whether packets to the server vanish
    /// @param down whether packets from it do
    void cut(String source, boolean up, boolean down) {
        if (up) {
            iptables(List.of("-A", "INPUT", "-s", source, "-p", "tcp", "--dport", serverPort, "-j", "DROP"));
        }
        if (down) {
            iptables(List.of("-A", "INPUT", "-d", source, "-p", "tcp", "--sport", serverPort, "-j", "DROP"));
        }
    }

    void heal() {
        iptables(List.of("-F", "INPUT"));
    }

    private static void iptables(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("iptables", "-w"));
        command.addAll(arguments);
        try {
            int exitCode = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (exitCode != 0) {
                throw new AssertionError(command + " ends with " + exitCode);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
