package io.plimsoll.io;

/// `pwrite`, `fsync`, `close` on the calling thread. Writing a chunk allocates nothing on the Java heap.
final class PsyncChunkEngine implements ChunkEngine {
    private final Posix posix = new Posix();
    private final OpenFile file;
    private final Payload payload;
    private final long chunkBytes;

    PsyncChunkEngine(TargetDirectory target, long chunkBytes, long seed) throws PosixException {
        this.chunkBytes = chunkBytes;
        file = new OpenFile(posix, target);
        try {
            payload = Payload.ofMemory(posix, chunkBytes, seed);
        } catch (PosixException e) {
            posix.close();
            throw e;
        }
    }

    @Override
    public void open(String name) throws PosixException {
        file.open(name);
    }

    @Override
    public void prepare() {
        payload.stamp();
    }

    @Override
    public void write(long offset) throws PosixException {
        posix.writeFully(file.fd(), payload.memory(), chunkBytes, offset, file.path());
    }

    @Override
    public long toldNs() {
        return -1;
    }

    @Override
    public void sync() throws PosixException {
        file.sync();
    }

    @Override
    public void closeFile() throws PosixException {
        file.close();
    }

    @Override
    public void delete(String name) throws PosixException {
        file.delete(name);
    }

    @Override
    public void close() throws PosixException {
        try (posix;
                payload) {
            if (file.isOpen()) {
                file.close();
            }
        }
    }
}
