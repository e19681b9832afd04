package io.plimsoll.bench;

import io.plimsoll.model.AccessMode;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Content;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import io.plimsoll.model.Work;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A job in the words of fio's options: what `plimsoll bench` has to be given to run it again, nothing left to defaults
/// that may change. Where fio has no word there is ours.
public final class FioOptions {
    private final Map<String, String> options = new LinkedHashMap<>();

    private FioOptions() {}

    /// Names without dashes, and values.
    public static Map<String, String> of(JobRequest request) {
        JobPlan plan = request.plan();
        FioOptions all = new FioOptions();
        all.put("name", plan.name());
        switch (request.target()) {
            case JobTarget.Directory(var path) -> all.put("directory", path);
            case JobTarget.File(var path) -> all.put("filename", path);
        }
        switch (plan.work()) {
            case Work.Blocks blocks -> all.blocks(blocks);
            case Work.Chunks chunks -> all.chunks(chunks);
            case Work.Metadata metadata -> all.metadata(metadata);
        }
        all.engine(plan.engine(), plan.work());
        all.put("numjobs", plan.threads());
        all.load(plan.load());
        all.span(plan.span());
        all.put("randseed", plan.seed());
        if (request.unlink()) {
            all.put("unlink", 1);
        }
        if (request.overwrite()) {
            all.put("overwrite", 1);
        }
        return all.options;
    }

    /// `4k/60:64k/40`.
    static String split(BlockSizes sizes) {
        return sizes.parts().stream()
                .map(part -> part.bytes() + "/" + part.percent())
                .collect(Collectors.joining(":"));
    }

    private void blocks(Work.Blocks work) {
        put("rw", work.mode().word());
        if (mixed(work.mode())) {
            put("rwmixread", work.readPercent());
        }
        if (work.blocks().uniform()) {
            put("bs", work.blocks().maxBytes());
        } else {
            put("bssplit", split(work.blocks()));
        }
        put("size", work.bytes());
        put("nrfiles", work.files());
        if (work.mode().random()) {
            put("random_distribution", word(work.distribution()));
        }
        sync(work.sync());
        content(work.content());
    }

    private void chunks(Work.Chunks work) {
        put("rw", "chunks");
        put("bs", work.chunkBytes());
        put("filesize", work.fileBytes());
        put("kept_files", work.keptFilesMax());
    }

    private void metadata(Work.Metadata work) {
        put("rw", "metadata");
        put("nrfiles", work.files());
        put("files_per_dir", work.filesPerDirectory());
        put("filesize", work.fileBytes());
    }

    private void sync(SyncPolicy sync) {
        if (sync.every() > 0) {
            put(sync.dataOnly() ? "fdatasync" : "fsync", sync.every());
        }
        switch (sync.open()) {
            case NONE -> {}
            case DSYNC -> put("sync", "dsync");
            case SYNC -> put("sync", "sync");
        }
        if (sync.atEnd()) {
            put("end_fsync", 1);
        }
    }

    private void content(Content content) {
        if (content.compressPercent() > 0) {
            put("buffer_compress_percentage", content.compressPercent());
        }
        if (content.dedupePercent() > 0) {
            put("dedupe_percentage", content.dedupePercent());
        }
        if (content.verify()) {
            put("verify", "crc32c");
        }
    }

    private void engine(EngineChoice engine, Work work) {
        if (!(work instanceof Work.Metadata)) {
            put("ioengine", engine.kind().word());
            put("iodepth", engine.iodepth());
            put("direct", engine.direct() ? 1 : 0);
        }
        if (!engine.fallbacks().isEmpty()) {
            put("fallback", engine.fallbacks().stream().map(EngineKind::word).collect(Collectors.joining(",")));
        }
        if (!engine.cpus().isEmpty()) {
            put("cpus_allowed", list(engine.cpus()));
        }
    }

    private void load(Load load) {
        switch (load) {
            case Load.Closed() -> {}
            case Load.Open(double perSecond, Load.Arrival arrival, Load.Pacer pacer) -> {
                put(
                        "rate_iops",
                        BigDecimal.valueOf(perSecond).stripTrailingZeros().toPlainString());
                put("rate_process", arrival.name().toLowerCase(Locale.ROOT));
                put("pacer", pacer.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private void span(Span span) {
        if (span.rampNs() > 0) {
            put("ramp_time", time(span.rampNs()));
        }
        if (span.runtimeNs() > 0) {
            put("runtime", time(span.runtimeNs()));
        }
        if (span.timeBased()) {
            put("time_based", 1);
        }
    }

    static boolean mixed(AccessMode mode) {
        return mode.reads() && mode.writes();
    }

    private static String word(Distribution distribution) {
        return switch (distribution) {
            case Distribution.Uniform() -> "random";
            case Distribution.Zipf(double theta) -> "zipf:" + theta;
            case Distribution.Pareto(double h) -> "pareto:" + h;
        };
    }

    /// In seconds, as fio reads a number without a unit, or else in the largest unit that tells it exactly.
    private static String time(long ns) {
        if (ns % 1_000_000_000L == 0) {
            return Long.toString(ns / 1_000_000_000L);
        }
        return ns % 1_000_000 == 0 ? ns / 1_000_000 + "ms" : ns / 1_000 + "us";
    }

    private static String list(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private void put(String name, Object value) {
        options.put(name, value.toString());
    }
}
