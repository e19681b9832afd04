package io.plimsoll.launcher;

import io.plimsoll.bench.Rendering;
import io.plimsoll.config.Suggestion;
import io.plimsoll.model.BlockSizes;
import io.plimsoll.model.Distribution;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.JobPlan.EngineChoice;
import io.plimsoll.model.JobPlan.Span;
import io.plimsoll.model.Load;
import io.plimsoll.model.SyncPolicy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The values of fio's options, read as fio reads them. What fio reads in a way that nobody expects (`4KiB` as 4000
/// bytes, `1.5k` as 1 byte) is refused instead.
final class FioWords {
    private FioWords() {}

    /// Reads one value; a refusal is an [IllegalArgumentException], which here becomes what picocli shows in one line.
    private abstract static class Word<T> implements ITypeConverter<T> {
        private final Function<String, T> reading;

        Word(Function<String, T> reading) {
            this.reading = reading;
        }

        @Override
        public final T convert(String text) {
            try {
                return reading.apply(text.strip());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class Size extends Word<Long> {
        Size() {
            super(FioWords::size);
        }
    }

    static final class Time extends Word<Long> {
        Time() {
            super(FioWords::timeNs);
        }
    }

    static final class Bool extends Word<Boolean> {
        Bool() {
            super(FioWords::bool);
        }
    }

    /// A flag for what is always so: it may be confirmed, not denied.
    static final class Always extends Word<Boolean> {
        Always() {
            super(text -> {
                if (!bool(text)) {
                    throw new IllegalArgumentException("it is always so here; leave it out");
                }
                return true;
            });
        }
    }

    static final class Rate extends Word<Double> {
        Rate() {
            super(FioWords::rate);
        }
    }

    static final class Sizes extends Word<BlockSizes> {
        Sizes() {
            super(FioWords::blockSize);
        }
    }

    static final class Split extends Word<BlockSizes> {
        Split() {
            super(FioWords::split);
        }
    }

    static final class Distributed extends Word<Distribution> {
        Distributed() {
            super(FioWords::distribution);
        }
    }

    static final class EngineWord extends Word<EngineKind> {
        EngineWord() {
            super(FioWords::engine);
        }
    }

    static final class EngineList extends Word<List<EngineKind>> {
        EngineList() {
            super(text -> words(text, ",").map(FioWords::engine).toList());
        }
    }

    static final class CpuList extends Word<List<Integer>> {
        CpuList() {
            super(FioWords::cpus);
        }
    }

    static final class SyncWord extends Word<SyncPolicy.OpenFlag> {
        SyncWord() {
            super(text -> oneOf(
                    "a way to sync",
                    text,
                    Map.of(
                            "none", SyncPolicy.OpenFlag.NONE,
                            "0", SyncPolicy.OpenFlag.NONE,
                            "dsync", SyncPolicy.OpenFlag.DSYNC,
                            "sync", SyncPolicy.OpenFlag.SYNC,
                            "1", SyncPolicy.OpenFlag.SYNC)));
        }
    }

    static final class ArrivalWord extends Word<Load.Arrival> {
        ArrivalWord() {
            super(text -> oneOf(
                    "a rate process", text, Map.of("linear", Load.Arrival.LINEAR, "poisson", Load.Arrival.POISSON)));
        }
    }

    static final class PacerWord extends Word<Load.Pacer> {
        PacerWord() {
            super(text -> oneOf(
                    "a pacer",
                    text,
                    Map.of("spin", Load.Pacer.SPIN, "hybrid", Load.Pacer.HYBRID, "timed", Load.Pacer.TIMED)));
        }
    }

    enum Checksum {
        /// As who knows fio switches it off.
        NONE,
        CRC32C
    }

    static final class ChecksumWord extends Word<Checksum> {
        ChecksumWord() {
            super(text ->
                    oneOf("a checksum of --verify here", text, Map.of("crc32c", Checksum.CRC32C, "0", Checksum.NONE)));
        }
    }

    static final class Percentiles extends Word<List<Double>> {
        Percentiles() {
            super(FioWords::percentiles);
        }
    }

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,40})([kmgtp]?)(b?)");
    private static final String SIZE_UNITS = "kmgtp";

    /// `4k` is 4096, as are `4K`, `4kb` and `4096`.
    static long size(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.endsWith("%")) {
            throw new IllegalArgumentException("'" + text + "': shares of a file system are not supported; write 10g");
        }
        Matcher m = SIZE.matcher(word);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    word.matches("[0-9]+[kmgtp]ib?")
                            ? "'" + text + "': fio reads 4kib as 4000 bytes and 4ki as 4096, so neither is taken; write"
                                    + " 4k (4096), or bytes"
                            : "'" + text + "' is not a size; write 4k, 1m, 10g (powers of two, as in fio), or bytes");
        }
        int shift = m.group(2).isEmpty() ? 0 : 10 * (SIZE_UNITS.indexOf(m.group(2)) + 1);
        BigInteger bytes = new BigInteger(m.group(1)).shiftLeft(shift);
        if (bytes.bitLength() > 63) {
            throw new IllegalArgumentException("'" + text + "' is more than 8 EiB; write less, like 10g");
        }
        return bytes.longValueExact();
    }

    /// A size as it could have been typed: `4k`, `1m`, `1000`.
    static String sizeWord(long bytes) {
        int unit = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, SIZE_UNITS.length());
        return unit == 0 ? Long.toString(bytes) : (bytes >> 10 * unit) + SIZE_UNITS.substring(unit - 1, unit);
    }

    private static final Pattern TIME = Pattern.compile("([0-9]{1,12})(d|h|m|s|ms|msec|us|usec|)");

    /// `10` and `10s` are ten seconds; `500ms`, `2m`.
    static long timeNs(String text) {
        Matcher m = TIME.matcher(text.toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            if (text.matches("[0-9]{1,9}\\.[0-9]{1,3}s?")) {
                throw new IllegalArgumentException("'" + text + "' is not a whole number; write "
                        + new BigDecimal(text.replace("s", ""))
                                .movePointRight(3)
                                .setScale(0) + "ms");
            }
            throw new IllegalArgumentException("'" + text + "' is not a time; write 10 or 10s, 500ms, 200us, 2m, 1h");
        }
        long unitNs = switch (m.group(2)) {
            case "us", "usec" -> 1_000L;
            case "ms", "msec" -> 1_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "d" -> 86_400_000_000_000L;
            default -> 1_000_000_000L;
        };
        BigInteger ns = new BigInteger(m.group(1)).multiply(BigInteger.valueOf(unitNs));
        if (ns.compareTo(BigInteger.valueOf(Span.NS_MAX)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 366 days; write less, like 10m");
        }
        return ns.longValueExact();
    }

    /// A time as it could have been typed: `10`, `500ms`, `1d`.
    static String timeWord(long ns) {
        if (ns % 1_000_000_000 != 0) {
            return ns % 1_000_000 == 0 ? ns / 1_000_000 + "ms" : ns / 1_000 + "us";
        }
        long seconds = ns / 1_000_000_000;
        return seconds > 0 && seconds % 86_400 == 0 ? seconds / 86_400 + "d" : Long.toString(seconds);
    }

    static boolean bool(String text) {
        return oneOf("0 or 1", text, Map.of("1", true, "0", false, "true", true, "false", false));
    }

    static double rate(String text) {
        if (!text.matches("[0-9]{1,12}(\\.[0-9]{1,9})?")) {
            throw new IllegalArgumentException("'" + text + "' is not a rate; write operations per second as a number,"
                    + " like 1000 (fio reads 1k as 1024)");
        }
        double rate = Double.parseDouble(text);
        if (rate < Load.Open.PER_SECOND_MIN || rate > Load.Open.PER_SECOND_MAX) {
            throw new IllegalArgumentException("'" + text + "' is out of range; write 0.001 to 100000000");
        }
        return rate;
    }

    static BlockSizes blockSize(String text) {
        if (text.contains(",") || text.indexOf('-') > 0) {
            throw new IllegalArgumentException(
                    "'" + text + "': one size for reads and writes; several sizes by --bssplit=4k/50:64k/50");
        }
        return BlockSizes.of(blockBytes(text));
    }

    private static int blockBytes(String text) {
        long bytes = size(text);
        if (bytes > BlockSizes.BLOCK_BYTES_MAX) {
            throw new IllegalArgumentException("block size " + text + " is more than 1g; write less, like 1m");
        }
        if (bytes == 0) {
            throw new IllegalArgumentException("'" + text + "' is no block size; write 4k");
        }
        return Math.toIntExact(bytes);
    }

    /// `4k/60:64k/40`; sizes without a share divide what is left among themselves.
    static BlockSizes split(String text) {
        List<BlockSizes.Part> parts = new ArrayList<>();
        int left = 100;
        int shareless = 0;
        List<String> words = words(text, ":").toList();
        for (String word : words) {
            if (!word.matches("[^/]+(/[0-9]{0,3})?")) {
                throw new IllegalArgumentException("'" + text + "' is not a split; write 4k/60:64k/40");
            }
            if (share(word).isEmpty()) {
                shareless++;
            } else {
                left -= Integer.parseInt(share(word));
            }
        }
        for (String word : words) {
            int percent;
            if (share(word).isEmpty()) {
                percent = Math.max(0, left) / shareless;
                left -= percent;
                shareless--;
            } else {
                percent = Integer.parseInt(share(word));
            }
            parts.add(new BlockSizes.Part(blockBytes(word.replaceFirst("/.*", "")), percent));
        }
        return new BlockSizes(parts);
    }

    private static String share(String word) {
        return word.contains("/") ? word.substring(word.indexOf('/') + 1) : "";
    }

    static Distribution distribution(String text) {
        String[] word = text.split(":", 2);
        return switch (word[0]) {
            case "random", "uniform" -> {
                if (word.length > 1) {
                    throw new IllegalArgumentException("'" + text + "': random has no parameter");
                }
                yield new Distribution.Uniform();
            }
            case "zipf" -> new Distribution.Zipf(parameter(text, word, "zipf:1.2"));
            case "pareto" -> new Distribution.Pareto(parameter(text, word, "pareto:0.2"));
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "' is not a distribution here; write random, zipf:1.2 or pareto:0.2");
        };
    }

    private static double parameter(String text, String[] word, String example) {
        if (word.length < 2 || !word[1].matches("[0-9]{1,3}(\\.[0-9]{1,15})?")) {
            throw new IllegalArgumentException("'" + text + "' lacks its parameter; write " + example);
        }
        return Double.parseDouble(word[1]);
    }

    static EngineKind engine(String text) {
        for (EngineKind kind : EngineKind.values()) {
            if (kind.word().equals(text)) {
                return kind;
            }
        }
        String instead = switch (text) {
            case "libaio", "posixaio", "io_uring_cmd" -> "io_uring";
            case "sync", "vsync", "pvsync", "pvsync2" -> "psync";
            default ->
                Arrays.stream(EngineKind.values())
                        .map(EngineKind::word)
                        .reduce((a, b) -> a + ", " + b)
                        .orElseThrow();
        };
        throw new IllegalArgumentException("'" + text + "' is not an engine here; write " + instead);
    }

    /// `0,2-3`; fio's `0:2` as well.
    static List<Integer> cpus(String text) {
        List<Integer> cpus = new ArrayList<>();
        for (String word : words(text, "[,:]").toList()) {
            if (!word.matches("[0-9]{1,4}(-[0-9]{1,4})?")) {
                throw new IllegalArgumentException("'" + text + "' is not a list of CPUs; write 0,2-3");
            }
            int first = Integer.parseInt(word.split("-")[0]);
            int last = Integer.parseInt(word.split("-")[word.contains("-") ? 1 : 0]);
            if (last < first) {
                throw new IllegalArgumentException("'" + text + "': " + word + " goes backwards");
            }
            if (last > EngineChoice.CPU_MAX) {
                throw new IllegalArgumentException(
                        "'" + text + "' names CPU " + last + ", allowed: 0 to " + EngineChoice.CPU_MAX);
            }
            IntStream.rangeClosed(first, last).forEach(cpus::add);
        }
        return cpus.stream().distinct().sorted().toList();
    }

    static List<Double> percentiles(String text) {
        List<Double> percentiles = words(text, ":")
                .map(word -> {
                    if (!word.matches("[0-9]{1,3}(\\.[0-9]{1,6})?")) {
                        throw new IllegalArgumentException(
                                "'" + text + "' is not a list of percentiles; write 50:99:99.9");
                    }
                    return Double.parseDouble(word);
                })
                .toList();
        return new Rendering("", percentiles, java.time.ZoneOffset.UTC).percentiles();
    }

    static <T> T oneOf(String what, String text, Map<String, T> words) {
        T value = words.get(text);
        if (value == null) {
            List<String> known = words.keySet().stream().sorted().toList();
            throw new IllegalArgumentException("'" + text + "' is not " + what + "; write "
                    + Suggestion.nearest(text, known).orElse(String.join(", ", known)));
        }
        return value;
    }

    private static java.util.stream.Stream<String> words(String text, String separator) {
        return Arrays.stream(text.split(separator, -1)).map(String::strip);
    }
}
