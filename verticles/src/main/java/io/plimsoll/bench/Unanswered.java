package io.plimsoll.bench;

/// What data threads had in flight when they were not waited for any longer.
///
/// @param operations syncs included
/// @param oldestNs how long before that the first of them was begun
record Unanswered(int operations, long oldestNs) {
    static final Unanswered NONE = new Unanswered(0, 0);

    Unanswered and(Unanswered other) {
        return new Unanswered(operations + other.operations, Math.max(oldestNs, other.oldestNs));
    }
}
