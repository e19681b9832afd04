package io.plimsoll.io;

import java.lang.foreign.MemorySegment;

/// Carries operations on open files to the storage and brings their completions back.
///
/// Life: made for a depth and a block size; `open` files; then turns of *queue* (`read`, `write`, `sync`), `submit`,
/// `reap`, and looking at each completion with `slot` and `result`; at the end nothing is in flight any more, `close`.
/// An operation is named by its slot. Slots 0 to depth-1 have memory, as many bytes as the largest block; slots depth
/// to 2·depth-1 have none and are for syncs. A slot is used again only after its completion was seen.
///
/// One thread: the one that made it, from making to closing (a ring belongs to its thread). After warm-up queueing,
/// submitting and reaping allocate nothing, take no lock, and throw nothing: failures of operations are results.
/// [PosixException] of `submit` and `reap` means that the engine itself is at its end.
public sealed interface Engine extends AutoCloseable permits NullEngine, BlockingEngine, IoUringEngine {

    /// Result of a linked operation whose predecessor failed or was short.
    int CANCELED = -Errno.ECANCELED.number;

    /// Whether a result means that the operation was not begun and may be queued again.
    static boolean again(int result) {
        return result == -Errno.EAGAIN.number || result == -Errno.EINTR.number;
    }

    int depth();

    /// Whether completion comes after `submit` has returned: only then is there a time of submission (slat) apart.
    boolean async();

    /// How the system let it be set up, in words for a result: ring flags, registered buffers, huge pages. Empty where
    /// there is nothing to say.
    default String note() {
        return "";
    }

    /// Opens a file and gives its number, counting from 0; closed files' numbers are used again.
    ///
    /// @throws PosixException with the cause; direct I/O that the file system refuses is `EINVAL`
    int open(FileRef file, OpenMode mode) throws PosixException;

    /// Closes a file that has nothing in flight.
    void close(int file) throws PosixException;

    /// The memory of a slot: what is written from it, and where reads put what they read.
    MemorySegment memory(int slot);

    /// Queues a read of `bytes` at `offset` into the slot's memory, from its byte `at` on (0, but for the rest of a
    /// short one).
    void read(int slot, int file, long offset, int at, int bytes);

    /// Queues a write, likewise.
    void write(int slot, int file, long offset, int at, int bytes);

    /// Queues fsync, or fdatasync if `dataOnly`.
    void sync(int slot, int file, boolean dataOnly);

    /// Makes the operation that is queued next wait until the one queued last has completed in full. Where that one
    /// fails or is short, the waiting one completes with `-ECANCELED`. Both are queued before the same `submit`.
    void link();

    /// Hands over all that is queued. An engine that is not [#async] carries them out here, in order.
    void submit() throws PosixException;

    /// Waits until `min` completions are there, or until `timeoutNs` have passed (0: does not wait; negative: without
    /// end). Returns how many can be looked at now, all of them new; looking at them ends with the next `reap`.
    int reap(int min, long timeoutNs) throws PosixException;

    /// The slot of completion `i`, counting from 0.
    int slot(int i);

    /// What became of completion `i`: bytes (fewer than asked for where it was short; 0 for a sync), or -errno.
    int result(int i);

    /// The time in ns of completion `i` by its program's own account; -1 where there is no other account than ours.
    default long toldNs(int i) {
        return -1;
    }

    /// What is known of the failure of completion `i` beside its number, for a message; mostly empty.
    default String detail(int i) {
        return "";
    }

    /// Gives memory, descriptors and the ring back. What is still in flight is waited for or cancelled first.
    @Override
    void close() throws PosixException;
}
