package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// The two rings that io_uring shares with the kernel, by raw system calls: io_uring_setup(2), io_uring_enter(2),
/// io_uring_register(2). Needs Linux 5.11; takes what later kernels offer.
///
/// For the thread that made it. Queueing, entering and looking at completions allocate nothing. Results of calls are
/// -errno where they fail. The owner bounds what is queued and in flight, so that neither ring can overflow.
final class Uring implements AutoCloseable {
    static final int OP_FSYNC = 3;
    static final int OP_READ_FIXED = 4;
    static final int OP_WRITE_FIXED = 5;
    static final int OP_ASYNC_CANCEL = 14;

    static final int FIXED_FILE = 1;
    static final int LINK = 1 << 2;
    static final int DATASYNC = 1;

    private static final int SYS_SETUP = 425; // these three are the same on every architecture
    private static final int SYS_ENTER = 426;
    private static final int SYS_REGISTER = 427;

    private static final int ENTER_GETEVENTS = 1;
    private static final int ENTER_EXT_ARG = 1 << 3;
    private static final int ENTER_REGISTERED_RING = 1 << 4;

    private static final int SUBMIT_ALL = 1 << 7;
    private static final int COOP_TASKRUN = 1 << 8;
    private static final int TASKRUN_FLAG = 1 << 9;
    private static final int SINGLE_ISSUER = 1 << 12;
    private static final int DEFER_TASKRUN = 1 << 13;
    private static final int NO_SQARRAY = 1 << 16;

    /// What is asked for, best first; a kernel answers EINVAL to what it does not know.
    private static final int[] SETUPS = {
        SINGLE_ISSUER | DEFER_TASKRUN | COOP_TASKRUN | TASKRUN_FLAG | SUBMIT_ALL | NO_SQARRAY, // 6.6
        SINGLE_ISSUER | DEFER_TASKRUN | COOP_TASKRUN | TASKRUN_FLAG | SUBMIT_ALL, // 6.1
        SINGLE_ISSUER | COOP_TASKRUN | TASKRUN_FLAG | SUBMIT_ALL, // 6.0
        COOP_TASKRUN | TASKRUN_FLAG | SUBMIT_ALL, // 5.19
        0
    };

    private static final int FEATURE_SINGLE_MMAP = 1;
    private static final int FEATURE_NODROP = 1 << 1;
    private static final int FEATURE_EXT_ARG = 1 << 8;
    private static final int FEATURES = FEATURE_SINGLE_MMAP | FEATURE_NODROP | FEATURE_EXT_ARG;

    private static final int REGISTER_BUFFERS = 0;
    private static final int UNREGISTER_BUFFERS = 1;
    private static final int REGISTER_FILES = 2;
    private static final int UNREGISTER_FILES = 3;
    private static final int REGISTER_FILES_UPDATE = 6;
    private static final int REGISTER_RING_FDS = 20;
    private static final int UNREGISTER_RING_FDS = 21;

    /// struct io_uring_params
    private static final long PARAMS_BYTES = 120;

    private static final long PARAMS_SQ = 40;
    private static final long PARAMS_CQ = 80;
    private static final long MAP_SQES = 0x10000000L;
    private static final int SQE_SHIFT = 6;
    private static final int CQE_SHIFT = 4;
    private static final int SQ_TASKRUN = 1 << 2;

    private static final long LOCKED_WAIT_NS_MAX = 2_000_000_000L;
    private static final long LOCKED_POLL_NS = 5_000_000;

    private static final Path DISABLED = Path.of("/proc/sys/kernel/io_uring_disabled");
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final Posix posix;
    private final Arena arena = Arena.ofConfined();
    private final int fd;
    private final int setup;
    private final MemorySegment ring;
    private final MemorySegment sqes;
    private final int sqMask;
    private final int cqMask;
    private final long sqTailAt;
    private final long sqFlagsAt;
    private final long cqHeadAt;
    private final long cqTailAt;
    private final long cqesAt;
    /// struct io_uring_getevents_arg, and the struct timespec that it points to
    private final MemorySegment waitArgument = arena.allocate(24, 8);

    private final MemorySegment waitTime = arena.allocate(16, 8);
    /// struct io_uring_rsrc_update, and the descriptor that it points to
    private final MemorySegment update = arena.allocate(16, 8);

    private final MemorySegment updateFd = arena.allocate(JAVA_INT);
    private final int enterFd;
    private final int enterFlags;
    private boolean fixedBuffers;
    private int fixedFiles;
    private int sqTail;
    private int cqHead;

    private Uring(Posix posix, int fd, MemorySegment params, long ringAddress, long sqesAddress) {
        this.posix = posix;
        this.fd = fd;
        setup = params.get(JAVA_INT, 8);
        int sqEntries = params.get(JAVA_INT, 0);
        int cqEntries = params.get(JAVA_INT, 4);
        sqMask = sqEntries - 1;
        cqMask = cqEntries - 1;
        ring = MemorySegment.ofAddress(ringAddress).reinterpret(ringBytes(params), arena, null);
        sqes = MemorySegment.ofAddress(sqesAddress).reinterpret(sqesBytes(params), arena, null);
        sqTailAt = params.get(JAVA_INT, PARAMS_SQ + 4);
        sqFlagsAt = params.get(JAVA_INT, PARAMS_SQ + 16);
        cqHeadAt = params.get(JAVA_INT, PARAMS_CQ);
        cqTailAt = params.get(JAVA_INT, PARAMS_CQ + 4);
        cqesAt = params.get(JAVA_INT, PARAMS_CQ + 20);
        if ((setup & NO_SQARRAY) == 0) {
            long array = params.get(JAVA_INT, PARAMS_SQ + 24);
            for (int i = 0; i < sqEntries; i++) {
                ring.setAtIndex(JAVA_INT, array / Integer.BYTES + i, i);
            }
        }
        waitArgument.set(JAVA_LONG, 16, waitTime.address());
        update.set(JAVA_INT, 0, -1);
        update.set(JAVA_LONG, 8, fd);
        boolean registered = register(REGISTER_RING_FDS, update.address(), 1) == 1;
        enterFd = registered ? update.get(JAVA_INT, 0) : fd;
        enterFlags = registered ? ENTER_REGISTERED_RING : 0;
        update.set(JAVA_LONG, 8, updateFd.address());
    }

    /// @param entries that can be queued at once, a power of two; four times as many completions are never there
    /// @throws PosixException where the system refuses, with the remedy
    static Uring open(Posix posix, int entries) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment params = scratch.allocate(PARAMS_BYTES, 8);
            int fd = setUp(posix, entries, params);
            try {
                int missing = FEATURES & ~params.get(JAVA_INT, 20);
                if (missing != 0) {
                    throw new PosixException(
                            "set up",
                            "io_uring",
                            0,
                            "this kernel's is too old (features 0x" + Integer.toHexString(missing)
                                    + " are missing); it needs Linux 5.11, or choose psync");
                }
                return mapped(posix, fd, params);
            } catch (PosixException e) {
                posix.close(fd, "io_uring");
                throw e;
            }
        }
    }

    private static int setUp(Posix posix, int entries, MemorySegment params) throws PosixException {
        long result = 0;
        for (int setup : SETUPS) {
            params.fill((byte) 0);
            params.set(JAVA_INT, 8, setup);
            result = patiently(() -> posix.syscall(SYS_SETUP, entries, params.address(), 0, 0, 0, 0));
            if (result != -Errno.EINVAL.number) {
                break;
            }
        }
        if (result < 0) {
            throw new PosixException("set up", "io_uring", (int) -result, remedy((int) -result, disabled()));
        }
        return (int) result;
    }

    /// What does not fit into the user's locked memory now may in a moment: the kernel gives that of a closed ring back
    /// in the background.
    private static long patiently(LongSupplier call) {
        long until = System.nanoTime() + LOCKED_WAIT_NS_MAX;
        long result = call.getAsLong();
        while (result == -Errno.ENOMEM.number && System.nanoTime() < until) {
            LockSupport.parkNanos(LOCKED_POLL_NS);
            result = call.getAsLong();
        }
        return result;
    }

    /// @param disabled what the sysctl `kernel.io_uring_disabled` says
    static String remedy(int errno, String disabled) {
        if (errno == Errno.EPERM.number) {
            return switch (disabled) {
                case "2" -> "kernel.io_uring_disabled is 2; set it to 0 with sysctl, or choose psync";
                case "1" ->
                    "kernel.io_uring_disabled is 1 and the user is not in kernel.io_uring_group;"
                            + " run as root, set it to 0 with sysctl, or choose psync";
                default ->
                    "a seccomp filter forbids it, as container runtimes' do; allow io_uring_setup,"
                            + " io_uring_enter and io_uring_register in the profile, or choose psync";
            };
        }
        if (errno == Errno.ENOSYS.number) {
            return "this kernel has no io_uring, or a seccomp filter hides it; it needs Linux 5.11, or choose psync";
        }
        if (errno == Errno.ENOMEM.number) {
            return "lower iodepth, or raise the limit of locked memory (ulimit -l)";
        }
        return errno == Errno.EMFILE.number ? "raise the limit of open files (ulimit -n)" : "";
    }

    private static String disabled() {
        try {
            return Files.readString(DISABLED).strip();
        } catch (IOException e) {
            return "0"; // a kernel before 6.6
        }
    }

    private static Uring mapped(Posix posix, int fd, MemorySegment params) throws PosixException {
        long ring = posix.map(ringBytes(params), fd);
        try {
            return new Uring(posix, fd, params, ring, posix.map(sqesBytes(params), fd, MAP_SQES));
        } catch (PosixException e) {
            posix.unmap(ring, ringBytes(params));
            throw e;
        }
    }

    private static long ringBytes(MemorySegment params) {
        long sqEnd = params.get(JAVA_INT, PARAMS_SQ + 24) + 4L * params.get(JAVA_INT, 0);
        long cqEnd = params.get(JAVA_INT, PARAMS_CQ + 20) + ((long) params.get(JAVA_INT, 4) << CQE_SHIFT);
        return Math.max(sqEnd, cqEnd);
    }

    private static long sqesBytes(MemorySegment params) {
        return (long) params.get(JAVA_INT, 0) << SQE_SHIFT;
    }

    /// How it was set up: `SINGLE_ISSUER|COOP_TASKRUN|DEFER_TASKRUN, fixed buffers, fixed files, registered ring`.
    String note() {
        List<String> flags = new ArrayList<>();
        if ((setup & SINGLE_ISSUER) != 0) {
            flags.add("SINGLE_ISSUER");
        }
        if ((setup & COOP_TASKRUN) != 0) {
            flags.add("COOP_TASKRUN");
        }
        if ((setup & DEFER_TASKRUN) != 0) {
            flags.add("DEFER_TASKRUN");
        }
        List<String> parts = new ArrayList<>();
        parts.add(flags.isEmpty() ? "no ring flags" : String.join("|", flags));
        if (fixedBuffers) {
            parts.add("fixed buffers");
        }
        if (fixedFiles > 0) {
            parts.add("fixed files");
        }
        if (enterFlags != 0) {
            parts.add("registered ring");
        }
        return String.join(", ", parts);
    }

    /// Makes the kernel know the slots' memory, each as the buffer of the slot's number.
    void registerBuffers(SlotMemory memory) throws PosixException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment vectors = scratch.allocate(16L * memory.depth(), 8);
            for (int slot = 0; slot < memory.depth(); slot++) {
                vectors.set(JAVA_LONG, 16L * slot, memory.address(slot));
                vectors.set(JAVA_LONG, 16L * slot + 8, memory.strideBytes());
            }
            LongSupplier call = () -> register(REGISTER_BUFFERS, vectors.address(), memory.depth());
            long lockedMax = posix.lockedBytesMax();
            boolean mayFit = Long.compareUnsigned(memory.bytes(), lockedMax) <= 0;
            int result = (int) (mayFit ? patiently(call) : call.getAsLong());
            if (result < 0) {
                boolean tooMuch = result == -Errno.ENOMEM.number && lockedMax != -1;
                String why = tooMuch ? tooMuch(memory, lockedMax) : remedy(-result, disabled());
                throw new PosixException("register", memory.bytes() + " bytes of buffers with io_uring", -result, why);
            }
            fixedBuffers = true;
        }
    }

    private static String tooMuch(SlotMemory memory, long lockedMax) {
        return "the user may lock " + lockedMax + " bytes in all, and each data thread locks " + memory.bytes()
                + " and its ring; raise it (ulimit -l, in KiB; LimitMEMLOCK= of a systemd unit), lower iodepth or"
                + " block size, or choose psync";
    }

    /// Makes room for the numbers 0 to `fds.length` - 1 of files; -1 where there is none.
    void registerFiles(int[] fds) throws PosixException {
        if (fixedFiles > 0) {
            check(register(UNREGISTER_FILES, 0, 0), "unregister files with");
            fixedFiles = 0;
        }
        try (Arena scratch = Arena.ofConfined()) {
            check(
                    register(REGISTER_FILES, scratch.allocateFrom(JAVA_INT, fds).address(), fds.length),
                    "register " + fds.length + " files with");
        }
        fixedFiles = fds.length;
    }

    /// @param file's descriptor, or -1 to forget the file
    void updateFile(int number, int file) throws PosixException {
        update.set(JAVA_INT, 0, number);
        updateFd.set(JAVA_INT, 0, file);
        check(register(REGISTER_FILES_UPDATE, update.address(), 1), "register a file with");
    }

    private int register(int what, long argument, int count) {
        return (int) posix.syscall(SYS_REGISTER, fd, what, argument, count, 0, 0);
    }

    private static void check(int result, String operation) throws PosixException {
        if (result < 0) {
            throw new PosixException(operation, "io_uring", -result, remedy(-result, disabled()));
        }
    }

    /// Queues an entry; the kernel sees it after [#publish]. There must be room for it.
    void queue(int op, int flags, int file, long offset, long address, int bytes, int opFlags, int buffer, long data) {
        long at = (long) (sqTail++ & sqMask) << SQE_SHIFT;
        sqes.set(JAVA_BYTE, at, (byte) op);
        sqes.set(JAVA_BYTE, at + 1, (byte) flags);
        sqes.set(JAVA_INT, at + 4, file);
        sqes.set(JAVA_LONG, at + 8, offset);
        sqes.set(JAVA_LONG, at + 16, address);
        sqes.set(JAVA_INT, at + 24, bytes);
        sqes.set(JAVA_INT, at + 28, opFlags);
        sqes.set(JAVA_LONG, at + 32, data);
        sqes.set(JAVA_SHORT, at + 40, (short) buffer);
    }

    /// Adds flags to the entry that was queued last.
    void amend(int flags) {
        long at = ((long) ((sqTail - 1) & sqMask) << SQE_SHIFT) + 1;
        sqes.set(JAVA_BYTE, at, (byte) (sqes.get(JAVA_BYTE, at) | flags));
    }

    void publish() {
        INT.setRelease(ring, sqTailAt, sqTail);
    }

    /// Takes back what was queued and not published.
    void retract() {
        sqTail = (int) INT.get(ring, sqTailAt);
    }

    /// Hands over published entries, and lets the kernel finish what waits for this thread where there is such work.
    /// Returns how many the kernel took.
    int submit(int count) {
        int flags = workPending() ? enterFlags | ENTER_GETEVENTS : enterFlags;
        return (int) posix.syscall(SYS_ENTER, enterFd, count, 0, flags, 0, 8);
    }

    /// Waits for so many completions, without end.
    int await(int min) {
        return (int) posix.syscall(SYS_ENTER, enterFd, 0, min, enterFlags | ENTER_GETEVENTS, 0, 8);
    }

    /// Likewise, but -ETIME after some time.
    int await(int min, long timeoutNs) {
        waitTime.set(JAVA_LONG, 0, timeoutNs / 1_000_000_000L);
        waitTime.set(JAVA_LONG, 8, timeoutNs % 1_000_000_000L);
        int flags = enterFlags | ENTER_GETEVENTS | ENTER_EXT_ARG;
        return (int) posix.syscall(SYS_ENTER, enterFd, 0, min, flags, waitArgument.address(), 24);
    }

    /// Whether the kernel has completions that only a call brings into the ring.
    boolean workPending() {
        return ((int) INT.getOpaque(ring, sqFlagsAt) & SQ_TASKRUN) != 0;
    }

    /// Completions that can be looked at.
    int ready() {
        return (int) INT.getAcquire(ring, cqTailAt) - cqHead;
    }

    long data(int i) {
        return ring.get(JAVA_LONG, cqesAt + ((long) ((cqHead + i) & cqMask) << CQE_SHIFT));
    }

    int result(int i) {
        return ring.get(JAVA_INT, cqesAt + ((long) ((cqHead + i) & cqMask) << CQE_SHIFT) + 8);
    }

    /// Gives the places of the first completions back to the kernel.
    void release(int count) {
        cqHead += count;
        INT.setRelease(ring, cqHeadAt, cqHead);
    }

    /// Lets go of buffers and files here and now, where nothing is in flight: closing the ring would do so later, in
    /// the background, and until then count them as the user's locked memory.
    void unregister() throws PosixException {
        if (fixedBuffers) {
            check(register(UNREGISTER_BUFFERS, 0, 0), "unregister buffers with");
        }
        if (fixedFiles > 0) {
            check(register(UNREGISTER_FILES, 0, 0), "unregister files with");
        }
    }

    @Override
    public void close() throws PosixException {
        if (enterFlags != 0) {
            update.set(JAVA_INT, 0, enterFd);
            update.set(JAVA_LONG, 8, 0);
            register(UNREGISTER_RING_FDS, update.address(), 1); // else the thread keeps the ring until it ends
        }
        long ringAddress = ring.address();
        long sqesAddress = sqes.address();
        long ringBytes = ring.byteSize();
        long sqesBytes = sqes.byteSize();
        arena.close(); // from here on a use is an exception, not a crash
        try {
            posix.unmap(sqesAddress, sqesBytes);
            posix.unmap(ringAddress, ringBytes);
        } finally {
            posix.close(fd, "io_uring");
        }
    }
}
