package io.plimsoll.io;

import java.io.IOException;
import java.util.regex.Pattern;

/// What a claimed directory is for: which files in it are ours, and which of them outlive their maker.
enum DirectoryUse {
    /// The data files of one run of a client, gone when it ends.
    CHUNKS(
            "Plimsoll writes and deletes the files data-NNNNNN in this directory.",
            Pattern.compile("data-[0-9]{6}"),
            "client",
            "another client",
            "give each client its own directory (-path)"),
    /// The files of a benchmark, which the next one of the same name uses again, and trees of metadata work,
    /// which no other one has a use for.
    BENCH(
            "Plimsoll lays out the files of a benchmark in this directory, and overwrites and deletes them.",
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.[0-9]{1,3}\\.[0-9]{1,4}|"
                    + Pattern.quote(LayoutRecord.IN_DIRECTORY) + "(" + Pattern.quote(LayoutRecord.NEW_SUFFIX) + ")?"),
            "benchmark",
            "another benchmark of this name",
            "wait for its end, or give this one another --name");

    /// Directories of metadata work.
    static final Pattern TREE = Pattern.compile("tree-[0-9]{1,3}");

    /// First line of the marker.
    final String magic;

    private final Pattern files;
    /// What an owner is called, another one, and what to do when there is one.
    final String owner;

    final String other;
    final String remedy;

    DirectoryUse(String magic, Pattern files, String owner, String other, String remedy) {
        this.magic = magic;
        this.files = files;
        this.owner = owner;
        this.other = other;
        this.remedy = remedy;
    }

    /// Whether an entry beside the marker is one of ours.
    boolean owns(SafeTree directory, String name) throws IOException {
        return files.matcher(name).matches()
                        && directory.find(name).filter(FileStatus::isRegular).isPresent()
                || ownsTree(directory, name);
    }

    private boolean ownsTree(SafeTree directory, String name) throws IOException {
        return this == BENCH
                && TREE.matcher(name).matches()
                && directory.find(name).filter(FileStatus::isDirectory).isPresent();
    }

    /// Removes what a dead maker left and nobody can use. Returns how many files that were.
    int removeLeftovers(SafeTree directory) throws IOException {
        return switch (this) {
            case CHUNKS -> removeAll(directory);
            case BENCH -> remove(directory, false);
        };
    }

    /// Removes everything of ours but the marker. Returns how many files that were.
    int removeAll(SafeTree directory) throws IOException {
        return remove(directory, true);
    }

    /// Whether there is nothing but the marker, and the record of files that are gone.
    boolean isEmpty(SafeTree directory) throws IOException {
        int others =
                directory.visit(name -> name.equals(Marker.NAME) || name.startsWith(LayoutRecord.IN_DIRECTORY) ? 0 : 1);
        return others == 0;
    }

    private int remove(SafeTree directory, boolean withFiles) throws IOException {
        return directory.visit(name -> {
            if (ownsTree(directory, name)) {
                return directory.removeTree(name);
            }
            if (withFiles && owns(directory, name)) {
                directory.unlink(name);
                return 1;
            }
            return 0;
        });
    }
}
