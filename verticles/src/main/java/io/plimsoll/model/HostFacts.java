package io.plimsoll.model;

/// The machine and program that measured. Text is at most 256 characters a component; empty where unknown.
public record HostFacts(
        String hostName,
        String kernel,
        String cpuModel,
        int logicalCpus,
        long ramBytes,
        String javaVersion,
        String toolVersion,
        long pid) {
    public HostFacts {
        Require.text("host name", hostName, 256);
        Require.text("kernel", kernel, 256);
        Require.text("cpu model", cpuModel, 256);
        Require.notNegative("logical cpus", logicalCpus);
        Require.notNegative("ram in bytes", ramBytes);
        Require.text("java version", javaVersion, 256);
        Require.text("tool version", toolVersion, 256);
        Require.notNegative("pid", pid);
    }
}
