package io.plimsoll.client;

import io.plimsoll.model.Session;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/// Writes what no server took by the end of a client; a [SpoolFile] that is complete or not there.
final class UnsentFile {
    private UnsentFile() {}

    /// Blocks. The file and its name are on disk when it returns; after a failure nothing is left.
    ///
    /// @param frames the session's hello, with its run and late, then the reports
    static Path write(Path directory, Session session, List<Buffer> frames) throws IOException {
        Files.createDirectories(directory);
        String name = SpoolFile.unsentName(session);
        Path part = directory.resolve(name + ".part");
        try {
            Files.deleteIfExists(part);
            try (FileChannel file = FileChannel.open(
                    part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), SpoolFile.OWNER_ONLY)) {
                SpoolFile.write(file, frames);
                file.force(true);
            }
            Path whole = Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            SpoolFile.syncDirectory(directory);
            return whole;
        } catch (IOException e) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }
}
