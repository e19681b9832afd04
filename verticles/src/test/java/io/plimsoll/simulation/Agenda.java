package io.plimsoll.simulation;

import java.util.Arrays;

/// What is to happen, in the order of virtual time (µs), and among things of one time in the order in which they were
/// planned. One thread.
final class Agenda {
    private static final int ORDER_BITS = 24;

    /// A heap: the smallest first. The time is in the upper bits, the order in the lower ones.
    private long[] keys = new long[1_024];

    private Runnable[] tasks = new Runnable[1_024];
    private int size;
    private long planned;
    private long nowUs;

    long nowUs() {
        return nowUs;
    }

    void at(long us, Runnable task) {
        if (us < nowUs || planned >> ORDER_BITS != 0) {
            throw new IllegalStateException("planned for " + us + " at " + nowUs + " as number " + planned);
        }
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        long key = us << ORDER_BITS | planned++;
        int at = size++;
        for (int above = (at - 1) / 2; at > 0 && keys[above] > key; above = (at - 1) / 2) {
            keys[at] = keys[above];
            tasks[at] = tasks[above];
            at = above;
        }
        keys[at] = key;
        tasks[at] = task;
    }

    /// Does the next thing; false where there is none.
    boolean step() {
        if (size == 0) {
            return false;
        }
        nowUs = keys[0] >> ORDER_BITS;
        Runnable first = tasks[0];
        size--;
        long key = keys[size];
        Runnable task = tasks[size];
        tasks[size] = null;
        int at = 0;
        for (int below = 1; below < size; below = 2 * at + 1) {
            if (below + 1 < size && keys[below + 1] < keys[below]) {
                below++;
            }
            if (keys[below] >= key) {
                break;
            }
            keys[at] = keys[below];
            tasks[at] = tasks[below];
            at = below;
        }
        if (size > 0) {
            keys[at] = key;
            tasks[at] = task;
        }
        first.run();
        return true;
    }
}
