package io.plimsoll.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.EngineKind;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BenchTextTest {
    /// Line by line as fio 3.33 prints such a job, but for resp and what stands after `issued rwts`.
    @Test
    void looksLikeFio() {
        Rendering few = new Rendering("test", List.of(50.0, 95.0, 99.0, 99.9, 99.99), ZoneOffset.UTC);
        assertEquals("""
            x: (g=0): rw=randrw, bs=(R) 4096B-4096B, (W) 4096B-4096B, ioengine=io_uring, iodepth=8
            ...
            plimsoll-test; k, m, g, t of sizes are powers of two, as in fio

            x: (groupid=0, jobs=2): err= 0: Tue Nov 24 00:42:53 2026
              read: IOPS=4998, BW=19.5MiB/s (20.5MB/s)(39.1MiB/2001msec)
                slat (nsec): min=3500, max=13503, avg=8500.00, stdev=2886.75
                clat (usec): min=20, max=270, avg=144.99, stdev=72.17
                 lat (usec): min=24, max=274, avg=148.99, stdev=72.17
                resp (usec): min=30, max=530, avg=279.98, stdev=144.34
                resp percentiles (usec):
                 | 50.00th=[  280], 95.00th=[  505], 99.00th=[  525], 99.90th=[  530],
                 | 99.99th=[  530]
                clat percentiles (usec):
                 | 50.00th=[  145], 95.00th=[  258], 99.00th=[  268], 99.90th=[  270],
                 | 99.99th=[  270]
               bw (  KiB/s): min=145424, max=153408, per=100.00%, avg=148194.67, stdev=4517.87, samples=4
               iops        : min=36356, max=38352, avg=37048.67, stdev=1129.46, samples=4
              write: IOPS=1999, BW=7996KiB/s (8188kB/s)(15.6MiB/2001msec)
                slat (nsec): min=3500, max=7499, avg=5500.00, stdev=1154.70
                clat (usec): min=20, max=220, avg=119.98, stdev=57.74
                 lat (usec): min=24, max=224, avg=123.98, stdev=57.74
                resp (usec): min=30, max=430, avg=229.95, stdev=115.47
                resp percentiles (usec):
                 | 50.00th=[  230], 95.00th=[  410], 99.00th=[  426], 99.90th=[  430],
                 | 99.99th=[  430]
                clat percentiles (usec):
                 | 50.00th=[  120], 95.00th=[  210], 99.00th=[  218], 99.90th=[  220],
                 | 99.99th=[  220]
               bw (  KiB/s): min=145424, max=153408, per=100.00%, avg=148194.67, stdev=4517.87, samples=4
               iops        : min=36356, max=38352, avg=37048.67, stdev=1129.46, samples=4
              lat (usec)   : 50=11.14%, 100=21.42%, 250=60.58%, 500=6.86%
              fsync/fdatasync:
                sync (usec): min=24, max=123, avg=73.50, stdev=28.87
                sync percentiles (usec):
                 | 50.00th=[   73], 95.00th=[  118], 99.00th=[  122], 99.90th=[  123],
                 | 99.99th=[  123]
              cpu          : usr=10.00%, sys=14.99%, ctx=21881, majf=1, minf=14, waited=5.00%
              issued rwts  : total=10000,4000,0,100 short=3,3,0,0
              rate         : requested 20000.0/s, achieved 6996.5/s (34.98 %; 34.97 % of what was due), due 40020, missed 26020
              lateness     : p50=50.2 µs, p99=99.2 µs, max=100.2 µs (intended start to start)
              engine       : io_uring; registered buffers and files
              own cost     : 210 ns an operation on the null engine: 0.14 % of the median read of 149 µs, \
            0.17 % of the median write of 124 µs
              note         : 1 file of 1.07 GB: 1 reused; page cache dropped

            Run status group 0 (all jobs):
               READ: bw=19.5MiB/s (20.5MB/s), io=39.1MiB (41.0MB), run=2001-2001msec
              WRITE: bw=7996KiB/s (8188kB/s), io=15.6MiB (16.4MB), run=2001-2001msec

            Disk stats (read/write):
              vda: ios=10010/4105, merge=2/7, ticks=1450/490, in_queue=1940, bytes=39.1MiB/16.0MiB, \
            busy=1580msec, util=78.96%

            flag rate-not-achieved: 6996.5 of 20000 operations a second (34.98 %); ask for less, or give more \
            data threads
            """, BenchText.render(SampleResults.mixedResult(), few));
    }

    @Test
    void whatWasNotMeasuredHasNoLine() {
        String text = BenchText.render(SampleResults.plainResult(), SampleResults.RENDERING);
        for (String word : List.of(
                "slat", "resp", "   bw (", "iops  ", "rate  ", "own cost", "Disk stats", "flag", "write", "fsync")) {
            assertFalse(text.contains(word), word + " in " + text);
        }
        assertTrue(text.contains("clat (msec): min=3, max=129, avg=66.00, stdev=36.9"), text);
    }

    @Test
    void aFallbackIsNamedWithTheDepthThatItHad() {
        JobResult fallback = TruthCase.reads(c -> {
                    c.iodepth = 32;
                    c.ran = EngineKind.PSYNC;
                })
                .job();
        String text = BenchText.render(fallback, SampleResults.RENDERING);
        assertTrue(text.contains("  engine       : psync instead of io_uring, iodepth 1 instead of 32\n"), text);
    }

    @Test
    void metadataOperationsHaveNoBandwidth() {
        Rendering few = new Rendering("test", List.of(50.0, 99.0), ZoneOffset.UTC);
        assertEquals("""
            meta: (g=0): rw=metadata, nrfiles=1000, files_per_dir=100, filesize=0B
            plimsoll-test; k, m, g, t of sizes are powers of two, as in fio

            meta: (groupid=0, jobs=1): err= 0: Tue Nov 24 00:42:53 2026
              create: IOPS=5000 (2000/400msec)
                 lat (usec): min=40, max=240, avg=139.95, stdev=57.73
                lat percentiles (usec):
                 | 50.00th=[  140], 99.00th=[  238]
               iops        : min= 4900, max= 5100, avg=5000.00, stdev=141.40, samples=2
              stat: IOPS=5000 (2000/400msec)
                 lat (nsec): min=1000, max=2999, avg=1999.74, stdev=577.57
                lat percentiles (nsec):
                 | 50.00th=[ 1999], 99.00th=[ 2979]
               iops        : min= 4900, max= 5100, avg=5000.00, stdev=141.40, samples=2
              lat (usec)   : 2=25.00%, 4=25.00%, 50=2.50%, 100=12.50%, 250=35.00%
              cpu          : usr=0.25%, sys=0.50%, ctx=64, majf=0, minf=0, waited=0.00%
            """, BenchText.render(SampleResults.metadataResult(), few));
    }

    @Test
    void aFailureAndAnInterruptStandAboveTheNumbers() {
        String text = BenchText.render(
                SampleResults.with(SampleResults.plainResult(), Optional.of("write x: No space left"), true),
                SampleResults.RENDERING);
        List<String> lines = text.lines().toList();
        assertTrue(lines.get(3).contains("err= 1"), text);
        assertEquals("  failed: write x: No space left; the numbers below are of the time before", lines.get(4));
        assertEquals("  interrupted: the numbers below are of the time before", lines.get(5));
    }

    @Test
    void isTheSameInEveryLanguage() {
        String expected = BenchText.render(SampleResults.mixedResult(), SampleResults.RENDERING);
        Locale before = Locale.getDefault();
        try {
            for (String tag : List.of("de-DE", "ar-EG-u-nu-arab", "tr-TR")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertEquals(expected, BenchText.render(SampleResults.mixedResult(), SampleResults.RENDERING), tag);
            }
        } finally {
            Locale.setDefault(before);
        }
    }
}
