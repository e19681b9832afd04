package io.plimsoll.io;

import io.plimsoll.model.ChunkPlan;
import io.plimsoll.model.EngineKind;
import io.plimsoll.model.Report;
import java.nio.file.Path;
import java.util.Locale;

/// Writes files of chunks as the client does, without a server, for `bench/write-vs-fio-dd`.
///
/// `WriteBench DIRECTORY CHUNK_BYTES FILE_BYTES FILES [ENGINE]`: prints for each file its MB/s from open to close, with
/// fsync and with making each chunk's data unique, and then where the time went. A calibration comes first, as in a
/// run.
final class WriteBench {
    private WriteBench() {}

    public static void main(String[] args) throws Exception {
        EngineKind kind = args.length > 4 ? EngineKind.valueOf(args[4].toUpperCase(Locale.ROOT)) : EngineKind.PSYNC;
        ChunkPlan plan = new ChunkPlan(Long.parseLong(args[1]), Long.parseLong(args[2]), 1, 1, kind, true);
        int count = Integer.parseInt(args[3]);
        try (TargetDirectory target = TargetDirectory.claim(Path.of(args[0]), "bench");
                ChunkFiles files = ChunkFiles.in(target, kind, plan.chunkBytes(), false, System.nanoTime())) {
            Calibrator.run(plan, files, System::nanoTime);
            RollingWriter writer =
                    new RollingWriter(plan, files, new Printer(), System::nanoTime, System::currentTimeMillis);
            for (long i = 0; i < count * plan.chunksPerFile(); i++) {
                writer.step();
            }
            target.cleanUp();
        }
    }

    private static final class Printer implements WriteObserver {
        private long beginNs;

        @Override
        public void begins(Operation operation, long nowNs) {
            if (operation == Operation.OPEN) {
                beginNs = nowNs;
            }
        }

        @Override
        public void done() {}

        @Override
        public void chunkWritten(long latencyNs, long bytes) {}

        @Override
        public void fileClosed(Report.FileClosed file) {
            long ns = System.nanoTime() - beginNs;
            System.out.printf(
                    Locale.ROOT,
                    "%.2f MB/s; of %.1f ms: write %.1f, fsync %.1f, close %.1f, rest %.1f%n",
                    file.bytes() * 1e3 / ns,
                    ns / 1e6,
                    file.writeNs() / 1e6,
                    file.fsyncNs() / 1e6,
                    file.closeNs() / 1e6,
                    (ns - file.writeNs() - file.fsyncNs() - file.closeNs()) / 1e6);
        }

        @Override
        public void fileDeleted(long bytes) {}
    }
}
