package io.plimsoll.io;

import io.plimsoll.model.BlockSizes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Operations through Linux's io_uring, as many in flight as there are slots, from buffers and files that the kernel
/// knows beforehand.
///
/// Completions stay in the ring while they are looked at, which has room for those and for as many new ones.
final class IoUringEngine implements Engine {
    /// How long the kernel may lack the memory to take an operation.
    private static final long SUBMIT_RETRY_NS_MAX = 1_000_000_000L;

    private static final long CANCEL_ROUND_NS = 1_000_000_000L;
    private static final int CANCEL_ROUNDS_MAX = 30;
    private static final long CANCEL = -1;
    private static final int FILES_MIN = 16;

    private final Thread owner = Thread.currentThread();
    private final PosixFiles posix = new PosixFiles();
    private final SlotMemory memory;
    private final Uring ring;
    private final OpenFiles files;
    private final int slots;
    private int filesRegistered;
    private int queued;
    private int inFlight;
    private int looked;

    IoUringEngine(int depth, BlockSizes blocks) throws PosixException {
        slots = 2 * depth;
        files = new OpenFiles(posix, blocks);
        SlotMemory slotMemory = null;
        Uring uring = null;
        try {
            uring = Uring.open(posix, Integer.highestOneBit(2 * slots - 1));
            slotMemory = new SlotMemory(posix, depth, blocks.maxBytes());
            uring.registerBuffers(slotMemory);
            uring.registerFiles(noFiles(FILES_MIN));
        } catch (PosixException e) {
            throw afterClosing(e, uring, slotMemory, posix);
        }
        filesRegistered = FILES_MIN;
        memory = slotMemory;
        ring = uring;
    }

    private static PosixException afterClosing(PosixException cause, AutoCloseable... made) {
        for (AutoCloseable resource : made) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
        return cause;
    }

    private static int[] noFiles(int count) {
        int[] fds = new int[count];
        Arrays.fill(fds, -1);
        return fds;
    }

    @Override
    public int depth() {
        return memory.depth();
    }

    @Override
    public boolean async() {
        return true;
    }

    @Override
    public String note() {
        return memory.note().isEmpty() ? ring.note() : ring.note() + ", " + memory.note();
    }

    @Override
    public int open(FileRef ref, OpenMode mode) throws PosixException {
        checkThread();
        int number = files.open(ref, mode);
        try {
            if (number >= filesRegistered) {
                int[] fds = noFiles(2 * filesRegistered);
                for (int i = 0; i < number; i++) {
                    fds[i] = files.fd(i);
                }
                ring.registerFiles(fds);
                filesRegistered = fds.length;
            }
            ring.updateFile(number, files.fd(number));
            return number;
        } catch (PosixException e) {
            files.close(number);
            throw e;
        }
    }

    @Override
    public void close(int number) throws PosixException {
        checkThread();
        ring.updateFile(number, -1); // else the kernel keeps it open
        files.close(number);
    }

    @Override
    public MemorySegment memory(int slot) {
        return memory.of(slot);
    }

    @Override
    public void read(int slot, int file, long offset, int at, int bytes) {
        queue(Uring.OP_READ_FIXED, slot, file, offset, memory.address(slot, at, bytes), bytes, 0, slot);
    }

    @Override
    public void write(int slot, int file, long offset, int at, int bytes) {
        queue(Uring.OP_WRITE_FIXED, slot, file, offset, memory.address(slot, at, bytes), bytes, 0, slot);
    }

    @Override
    public void sync(int slot, int file, boolean dataOnly) {
        queue(Uring.OP_FSYNC, slot, file, 0, 0, 0, dataOnly ? Uring.DATASYNC : 0, 0);
    }

    private void queue(int op, int slot, int file, long offset, long address, int bytes, int opFlags, int buffer) {
        checkThread();
        if (queued + inFlight == slots) {
            throw new IllegalStateException("all " + slots + " slots are in flight already");
        }
        ring.queue(op, Uring.FIXED_FILE, file, offset, address, bytes, opFlags, buffer, slot);
        queued++;
    }

    @Override
    public void link() {
        if (queued == 0) {
            throw new IllegalStateException("nothing is queued that could be linked to");
        }
        ring.amend(Uring.LINK);
    }

    @Override
    public void submit() throws PosixException {
        checkThread();
        ring.publish();
        if (queued > 0) {
            taken(ring.submit(queued));
        }
        if (queued > 0) {
            submitRest();
        }
    }

    private void taken(int result) throws PosixException {
        if (result > 0) {
            queued -= result;
            inFlight += result;
        } else if (result < 0 && !mayRetry(-result)) {
            throw failed(-result);
        }
    }

    /// The kernel takes a part where it lacks memory, or has completions of its own that do not fit into the ring.
    private void submitRest() throws PosixException {
        long until = System.nanoTime() + SUBMIT_RETRY_NS_MAX;
        while (queued > 0) {
            int result = ring.submit(queued);
            taken(result);
            if (result <= 0) {
                if (System.nanoTime() > until) {
                    throw failed(-result);
                }
                ring.await(0);
            }
        }
    }

    private static boolean mayRetry(int errno) {
        return errno == Errno.EAGAIN.number || errno == Errno.EBUSY.number || errno == Errno.EINTR.number;
    }

    private PosixException failed(int errno) {
        return new PosixException(
                "io_uring_enter",
                "with " + inFlight + " operations in flight",
                errno,
                queued == 0 ? "" : queued + " are not taken");
    }

    @Override
    public int reap(int min, long timeoutNs) throws PosixException {
        checkThread();
        ring.release(looked);
        looked = 0;
        int wanted = Math.min(min, inFlight);
        int ready = ring.ready();
        if (ready < wanted || ready == 0) {
            ready = await(wanted, timeoutNs);
        }
        inFlight -= ready;
        looked = ready;
        return ready;
    }

    private int await(int wanted, long timeoutNs) throws PosixException {
        if (wanted == 0 || timeoutNs == 0) {
            if (ring.workPending()) {
                waited(ring.await(0));
            }
            return ring.ready();
        }
        long until = System.nanoTime() + timeoutNs;
        long leftNs = timeoutNs;
        while (true) {
            boolean over = waited(timeoutNs < 0 ? ring.await(wanted) : ring.await(wanted, leftNs));
            int ready = ring.ready();
            if (ready >= wanted || over) {
                return ready;
            }
            if (timeoutNs > 0) {
                leftNs = until - System.nanoTime();
                if (leftNs <= 0) {
                    return ready;
                }
            }
        }
    }

    /// Whether the wait ended by its time.
    private boolean waited(int result) throws PosixException {
        if (result >= 0 || mayRetry(-result)) {
            return false;
        }
        if (result == -Errno.ETIME.number) {
            return true;
        }
        throw failed(-result);
    }

    @Override
    public int slot(int i) {
        return (int) ring.data(i);
    }

    @Override
    public int result(int i) {
        return ring.result(i);
    }

    private void checkThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("an engine is for the thread that made it, which is '" + owner.getName()
                    + "', not '" + Thread.currentThread().getName() + "'");
        }
    }

    /// The memory goes even if something stays in flight, after the time that it is given: the kernel holds on to the
    /// pages of its fixed buffers until then.
    @Override
    public void close() throws PosixException {
        checkThread();
        try (posix;
                memory;
                files;
                ring) {
            cancelInFlight();
            ring.unregister();
        }
    }

    /// Asks for the end of whatever is in flight, and waits for it: what a disk has begun ends by itself.
    private void cancelInFlight() throws PosixException {
        ring.retract();
        ring.release(looked);
        looked = 0;
        queued = 0;
        int cancels = 0;
        for (int round = 0; inFlight + cancels > 0; round++) {
            if (round == CANCEL_ROUNDS_MAX) {
                throw new PosixException(
                        "cancel",
                        inFlight + " operations",
                        0,
                        "the storage has not answered for " + CANCEL_ROUNDS_MAX * CANCEL_ROUND_NS / 1_000_000_000
                                + " s");
            }
            if (cancels == 0) {
                cancels = askForCancel();
            }
            waited(ring.await(inFlight + cancels, CANCEL_ROUND_NS));
            int ready = ring.ready();
            for (int i = 0; i < ready; i++) {
                if (ring.data(i) == CANCEL) {
                    cancels--;
                } else {
                    inFlight--;
                }
            }
            ring.release(ready);
        }
    }

    /// Returns how many completions that adds. What is not in flight is not found, which does no harm.
    private int askForCancel() throws PosixException {
        for (int slot = 0; slot < slots; slot++) {
            ring.queue(Uring.OP_ASYNC_CANCEL, 0, -1, 0, slot, 0, 0, 0, CANCEL);
        }
        int operations = inFlight;
        queued = slots;
        submit();
        inFlight = operations;
        return slots;
    }
}
