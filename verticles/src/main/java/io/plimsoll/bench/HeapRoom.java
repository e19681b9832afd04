package io.plimsoll.bench;

import io.plimsoll.model.ByteSize;

/// Whether what the data threads of a job keep on the heap fits into it. Where it does not, the job is refused before
/// it begins: at the end of its heap the JVM ends, without a result.
final class HeapRoom {
    /// For all else, from parsing the flags to rendering the result.
    static final long REST_BYTES = 32L << 20;

    private HeapRoom() {}

    /// @param bytesOfThread of each data thread
    static void check(int threads, long bytesOfThread) throws JobRefusedException {
        check(threads, bytesOfThread, Runtime.getRuntime().maxMemory());
    }

    static void check(int threads, long bytesOfThread, long heapBytes) throws JobRefusedException {
        long needed = threads * bytesOfThread + REST_BYTES;
        if (needed > heapBytes) {
            throw new JobRefusedException(threads + (threads == 1 ? " data thread needs " : " data threads need ")
                    + ByteSize.format(needed) + " of Java's heap, which has " + ByteSize.format(heapBytes)
                    + "; use fewer (--numjobs) or a smaller --iodepth, or give it more:"
                    + " PLIMSOLL_JAVA_OPTS=-Xmx" + Math.ceilDiv(needed + needed / 8, 1L << 20) + "m");
        }
    }
}
