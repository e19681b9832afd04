package io.plimsoll.model;

/// Which blocks a job touches in which order, and whether it reads or writes them; fio's `rw`.
public enum AccessMode {
    READ("read", true, false, false),
    WRITE("write", false, true, false),
    RANDREAD("randread", true, false, true),
    RANDWRITE("randwrite", false, true, true),
    /// Sequential, mixed.
    RW("rw", true, true, false),
    RANDRW("randrw", true, true, true);

    private final String word;
    private final boolean reads;
    private final boolean writes;
    private final boolean random;

    AccessMode(String word, boolean reads, boolean writes, boolean random) {
        this.word = word;
        this.reads = reads;
        this.writes = writes;
        this.random = random;
    }

    public String word() {
        return word;
    }

    public boolean reads() {
        return reads;
    }

    public boolean writes() {
        return writes;
    }

    public boolean random() {
        return random;
    }
}
