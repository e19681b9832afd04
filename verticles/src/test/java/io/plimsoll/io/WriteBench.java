package io.plimsoll.io;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Report;
import java.nio.file.Path;
import java.util.Locale;

/// Writes files of chunks as the client does, without a server, for `bench/write-vs-fio-dd`.
///
/// `WriteBench DIRECTORY CHUNK_BYTES FILE_BYTES FILES`: prints MB/s over everything from the first chunk to the last
/// close (stamping the data, opening and closing included), then where the time went.
final class WriteBench {
    private WriteBench() {}

    public static void main(String[] args) throws Exception {
        ChunkPlan plan =
                new ChunkPlan(Long.parseLong(args[1]), Long.parseLong(args[2]), 1, 1_000_000, EngineKind.PSYNC, true);
        int files = Integer.parseInt(args[3]);
        Sums sums = new Sums();
        try (TargetDirectory target = TargetDirectory.claim(Path.of(args[0]), "bench");
                ChunkEngine engine = ChunkEngine.of(plan.engine(), target, plan.chunkBytes(), System.nanoTime())) {
            RollingWriter writer = new RollingWriter(plan, engine, sums, System::nanoTime, System::currentTimeMillis);
            Calibrator.run(plan, engine, System::nanoTime);
            long begin = System.nanoTime();
            for (long i = 0; i < files * plan.chunksPerFile(); i++) {
                writer.step();
            }
            long ns = System.nanoTime() - begin;
            long bytes = files * plan.bytesPerFile();
            System.out.printf(
                    Locale.ROOT,
                    "%.2f MB/s; of %.1f ms: write %.1f, fsync %.1f, close %.1f, rest %.1f%n",
                    bytes * 1e3 / ns,
                    ns / 1e6,
                    sums.writeNs / 1e6,
                    sums.fsyncNs / 1e6,
                    sums.closeNs / 1e6,
                    (ns - sums.writeNs - sums.fsyncNs - sums.closeNs) / 1e6);
            target.cleanUp();
        }
    }

    private static final class Sums implements WriteObserver {
        private long writeNs;
        private long fsyncNs;
        private long closeNs;

        @Override
        public void begins(Operation operation, long nowNs) {}

        @Override
        public void done() {}

        @Override
        public void chunkWritten(long latencyNs, long bytes) {
            writeNs += latencyNs;
        }

        @Override
        public void fileClosed(Report.FileClosed file) {
            fsyncNs += file.fsyncNs();
            closeNs += file.closeNs();
        }

        @Override
        public void fileDeleted(long bytes) {}
    }
}
