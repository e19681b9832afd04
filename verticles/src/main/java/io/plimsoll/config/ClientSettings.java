package io.plimsoll.config;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.EngineKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a client needs to know, checked. Keys, meanings and defaults: `conf/schema/client.schema.json`.
///
/// @param targets at and below which directories the client may write; empty: anywhere
/// @param path the directory of the data files; `./<client id>/chunkfiles` where none was given
/// @param keptFilesMax finished files that stay on disk during the run
/// @param keepFiles the files stay after the run too
/// @param reserveBytes free space, besides what the run still needs, below which the run is stopped
/// @param force run although too few rollovers are to be expected
/// @param cluster empty: the client is no node of a cluster
public record ClientSettings(
        ClientId id,
        UplinkSettings tcp,
        MulticastSettings multicast,
        Duration heartbeatInterval,
        long chunkBytes,
        boolean allowSmallChunks,
        long fileBytes,
        Duration runTime,
        List<AllowedTarget> targets,
        Path path,
        EngineKind engine,
        int keptFilesMax,
        boolean keepFiles,
        long reserveBytes,
        QuotaSettings quota,
        boolean force,
        Duration resourceInterval,
        Duration drainTimeout,
        SpoolSettings spool,
        Path log,
        boolean quiet,
        Optional<ClusterSettings> cluster) {
    /// Smaller chunks measure the system call and not the disk.
    public static final long SMALL_CHUNK_BYTES = 10_000_000;

    public ClientSettings {
        Check.present("id", id);
        Check.present("tcp", tcp);
        Check.present("multicast", multicast);
        Check.duration("heartbeatInterval", heartbeatInterval, Duration.ofMillis(100), Duration.ofHours(1));
        Check.size("chunkSize", chunkBytes, 1, ChunkPlan.CHUNK_BYTES_MAX);
        Check.that(
                chunkBytes >= SMALL_CHUNK_BYTES || allowSmallChunks,
                "chunkSize",
                ByteSize.format(chunkBytes) + " is less than 10 MB, which measures the system call and not the disk; "
                        + "write 10MB or more, or allow it with --allow-small-chunks (allowSmallChunks: true)");
        Check.that(
                fileBytes >= chunkBytes,
                "fileSize",
                ByteSize.format(fileBytes) + " is smaller than one chunk (" + ByteSize.format(chunkBytes)
                        + "); write a larger file size or a smaller chunk size");
        Check.duration("runTime", runTime, Duration.ofMillis(1), Duration.ofDays(366));
        targets = List.copyOf(Check.present("targets", targets));
        Check.that(
                targets.stream().map(AllowedTarget::name).distinct().count() == targets.size(),
                "targets",
                "two of them have the same name");
        Check.present("path", path);
        Check.that(
                targets.isEmpty() || rootOf(path, targets).isPresent(),
                "path",
                path + " is not in a directory that this client may write to; name one of its targets, or a directory"
                        + " in one: "
                        + targets.stream().map(AllowedTarget::toString).collect(Collectors.joining(", ")));
        Check.present("dd", engine);
        Check.count("keptFiles", keptFilesMax, 1, 1_000_000);
        Check.that(
                fileBytes <= Long.MAX_VALUE / (keptFilesMax + 1L),
                "keptFiles",
                keptFilesMax + " files of " + ByteSize.format(fileBytes) + " are more than any disk holds");
        Check.that(reserveBytes >= 0, "reserve", "is negative");
        Check.present("quota", quota);
        Check.duration("resourceInterval", resourceInterval, Duration.ofSeconds(1), Duration.ofHours(1));
        Check.duration("drainTimeout", drainTimeout, Duration.ZERO, Duration.ofHours(24));
        Check.present("spool", spool);
        Check.present("log", log);
        Check.present("cluster", cluster);
    }

    /// The job itself, as the writer and the server know it.
    public ChunkPlan plan() {
        return new ChunkPlan(chunkBytes, fileBytes, runTime.toMillis(), keptFilesMax, engine, force);
    }

    /// The allowed directory that the path is in, the nearest one where they are nested; empty where all are allowed.
    public Optional<Path> allowedRoot() {
        return rootOf(path, targets);
    }

    private static Optional<Path> rootOf(Path path, List<AllowedTarget> targets) {
        Path full = path.toAbsolutePath().normalize();
        return targets.stream()
                .map(AllowedTarget::root)
                .filter(full::startsWith)
                .max(Comparator.comparingInt(Path::getNameCount));
    }

    /// A name wins over a directory of that name, which can be written as `./NAME`.
    private static Path named(String text, List<AllowedTarget> targets, Path ofClient) {
        return targets.stream()
                .filter(target -> target.name().value().equals(text))
                .findFirst()
                .map(target -> target.root().resolve(ofClient))
                .orElse(Path.of(text));
    }

    static ClientSettings of(Values values) {
        UplinkSettings tcp = UplinkSettings.of(values);
        ClientId id = values.optionalText("id")
                .map(ClientId::new)
                .or(() -> tcp.security().issuedFor())
                .orElseGet(ClientId::random);
        List<AllowedTarget> targets =
                values.texts("targets").stream().map(AllowedTarget::of).toList();
        Path ofClient = Path.of(id.value(), "chunkfiles");
        return new ClientSettings(
                id,
                tcp,
                MulticastSettings.of(values),
                values.duration("heartbeatInterval"),
                values.bytes("chunkSize"),
                values.bool("allowSmallChunks"),
                values.bytes("fileSize"),
                values.duration("runTime"),
                targets,
                values.optionalText("path")
                        .map(text -> named(text, targets, ofClient))
                        .orElse(ofClient),
                values.bool("dd") ? EngineKind.DD : EngineKind.PSYNC,
                values.integer("keptFiles"),
                values.bool("keepFiles"),
                values.bytes("reserve"),
                QuotaSettings.of(values),
                values.bool("force"),
                values.duration("resourceInterval"),
                values.duration("drainTimeout"),
                SpoolSettings.of(values),
                values.optionalText("log").map(Path::of).orElse(Path.of("plimsoll-client-" + id + ".log")),
                values.bool("quiet"),
                ClusterSettings.of(values));
    }
}
