package io.plimsoll.simulation;

/// A process: it may die, or stand still for a while, and then everything that was to happen in it happens late and in
/// order, as after SIGSTOP.
final class SimulatedProcess {
    private final Agenda agenda;
    private boolean alive = true;
    private long stoodStillUntilUs;

    SimulatedProcess(Agenda agenda) {
        this.agenda = agenda;
    }

    boolean alive() {
        return alive;
    }

    void die() {
        alive = false;
    }

    void standStillUntil(long us) {
        stoodStillUntilUs = Math.max(stoodStillUntilUs, us);
    }

    /// When it runs: now, or later.
    long runsAtUs() {
        return Math.max(agenda.nowUs(), stoodStillUntilUs);
    }

    /// Nothing comes of it where the process is dead by then.
    void in(long us, Runnable task) {
        agenda.at(agenda.nowUs() + us, new Runnable() {
            @Override
            public void run() {
                if (!alive) {
                    return;
                }
                if (agenda.nowUs() < stoodStillUntilUs) {
                    agenda.at(stoodStillUntilUs, this);
                } else {
                    task.run();
                }
            }
        });
    }
}
