package io.plimsoll.client;

import io.plimsoll.model.HostFacts;
import io.plimsoll.wire.Version;
import java.net.InetAddress;
import java.net.UnknownHostException;
import oshi.SystemInfo;
import oshi.hardware.HardwareAbstractionLayer;

/// What this machine is; what is unknown is empty. Blocks for some tens of ms.
final class HostProbe {
    private HostProbe() {}

    static HostFacts facts() {
        HardwareAbstractionLayer hardware = new SystemInfo().getHardware();
        return new HostFacts(
                cut(hostName()),
                cut(System.getProperty("os.name") + " " + System.getProperty("os.version")),
                cut(hardware.getProcessor().getProcessorIdentifier().getName().strip()),
                hardware.getProcessor().getLogicalProcessorCount(),
                hardware.getMemory().getTotal(),
                cut(System.getProperty("java.version")),
                cut(Version.TEXT),
                ProcessHandle.current().pid());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }

    private static String cut(String text) {
        return text.length() > 256 ? text.substring(0, 256) : text;
    }
}
