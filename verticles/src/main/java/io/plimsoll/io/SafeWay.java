package io.plimsoll.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The way from a root to a directory below it, each step held open: what was made on it can be removed again, and
/// nothing else, whatever its path leads to by then. Of the thread of its [SafeTree]s; closes them.
final class SafeWay implements AutoCloseable {
    private record Step(SafeTree above, String name, SafeTree tree, boolean made) {}

    private final SafeTree root;
    private final List<Step> steps = new ArrayList<>();

    /// @param root closed with the way
    SafeWay(SafeTree root) {
        this.root = root;
    }

    /// The directory that it leads to.
    SafeTree end() {
        return steps.isEmpty() ? root : steps.getLast().tree();
    }

    /// Goes on to a directory in the last one, which is made where it is missing.
    ///
    /// @throws TargetRefusedException where the name leads out of the tree
    void go(String name) throws IOException {
        SafeTree above = end();
        if (steps.size() == SafeTree.DEPTH_MAX) {
            throw new TargetRefusedException(above.path() + " is " + SafeTree.DEPTH_MAX + " directories below "
                    + root.path() + "; go less deep");
        }
        boolean made = above.find(name).isEmpty() && above.make(name);
        try {
            steps.add(new Step(above, name, above.enter(name), made));
        } catch (IOException | RuntimeException e) {
            if (made) {
                remove(above, name, e);
            }
            throw e;
        }
    }

    private static void remove(SafeTree above, String name, Exception cause) {
        try {
            above.removeDirectory(name);
        } catch (IOException second) {
            cause.addSuppressed(second);
        }
    }

    /// Makes the names of what was made durable: that a file was synced does not say that the directories above it are
    /// there after a power cut.
    void sync() throws PosixException {
        for (Step step : steps) {
            if (step.made()) {
                step.above().sync();
            }
        }
    }

    /// Whether the names still lead where they led.
    boolean isInPlace() throws IOException {
        for (Step step : steps) {
            if (!leads(step)) {
                return false;
            }
        }
        return !steps.isEmpty() || root.isAtItsPath();
    }

    private static boolean leads(Step step) throws IOException {
        FileStatus held = step.tree().status();
        return step.above().find(step.name()).filter(held::isSame).isPresent();
    }

    boolean endWasMade() {
        return !steps.isEmpty() && steps.getLast().made();
    }

    /// Removes the directory at the end, which must be empty, and steps back.
    void removeEnd() throws IOException {
        Step end = steps.getLast();
        if (!leads(end) && end.above().find(end.name()).isPresent()) {
            throw new IOException(end.tree().path() + " is another directory by now");
        }
        end.above().removeDirectory(end.name());
        steps.removeLast();
        end.tree().close();
    }

    /// Removes what was made, from the end on.
    ///
    /// @param left is told what could not be removed; what is above that stays too
    void removeMade(List<String> left) {
        while (endWasMade()) {
            try {
                removeEnd();
            } catch (IOException e) {
                left.add(e.getMessage());
                return;
            }
        }
    }

    /// Closes all, whatever fails; throws the last failure.
    @Override
    public void close() throws PosixException {
        PosixException failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.removeLast().tree().close();
            } catch (PosixException e) {
                failure = e;
            }
        }
        root.close();
        if (failure != null) {
            throw failure;
        }
    }
}
