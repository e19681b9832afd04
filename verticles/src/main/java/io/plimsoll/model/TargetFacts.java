package io.plimsoll.model;

/// The storage that was measured, as its client sees it. Text is empty where unknown (an NFS mount has no block
/// device).
///
/// @param path directory of the data files, absolute
/// @param fileSystem type as in the mount table, `ext4`, `nfs4`, `ceph` …
/// @param source what is mounted, `/dev/nvme0n1p2`, `filer:/export` …
/// @param device kernel name of the block device, `nvme0n1p2`
/// @param scheduler the block device's active I/O scheduler, `none`, `mq-deadline` …
public record TargetFacts(
        String path,
        String mountPoint,
        String fileSystem,
        String source,
        String mountOptions,
        String device,
        String deviceModel,
        String scheduler,
        long sizeBytes,
        long freeBytes) {
    public TargetFacts {
        Require.text("target path", path, 4096);
        Require.text("mount point", mountPoint, 4096);
        Require.text("file system", fileSystem, 256);
        Require.text("mount source", source, 4096);
        Require.text("mount options", mountOptions, 4096);
        Require.text("device", device, 256);
        Require.text("device model", deviceModel, 256);
        Require.text("scheduler", scheduler, 256);
        Require.notNegative("target size in bytes", sizeBytes);
        Require.notNegative("free bytes", freeBytes);
    }
}
