package io.plimsoll.simulation;

import io.plimsoll.model.Report;
import io.plimsoll.model.Session;
import java.util.ArrayList;
import java.util.List;

/// What one session has offered, was told, and is kept of it: what the promises are held against.
final class History {
    enum End {
        /// Nothing of it yet.
        NONE,
        /// All was acknowledged, or kept in a file to be submitted.
        ORDERLY,
        /// The process is gone with what it had in memory, or was never let in.
        KILLED
    }

    final Session session;
    /// Wall clock of no one: when the process began, µs of virtual time.
    final long beganUs;
    final List<Report> offered = new ArrayList<>();
    private final List<Long> offeredAtUs = new ArrayList<>();
    SimulatedDatabase.Client row;
    long acknowledged;
    /// All up to this number were on disk once, or acknowledged.
    long kept;
    boolean welcomed;
    End end = End.NONE;
    long endedUs;

    History(Session session, long beganUs) {
        this.session = session;
        this.beganUs = beganUs;
    }

    long committed() {
        return row == null ? 0 : row.committed;
    }

    void offer(Report report, long nowUs) {
        offered.add(report);
        offeredAtUs.add(nowUs);
    }

    /// How many were offered by then.
    long offeredBy(long us) {
        int n = offeredAtUs.size();
        while (n > 0 && offeredAtUs.get(n - 1) > us) {
            n--;
        }
        return n;
    }

    void ended(End how, long nowUs) {
        end = how;
        endedUs = nowUs;
    }

    /// The server says so, or the client hears it.
    void acknowledged(long sequence) {
        require(sequence <= committed(), "report " + sequence + " is acknowledged, committed is " + committed());
    }

    void heardAcknowledged(long sequence) {
        acknowledged(sequence);
        acknowledged = Math.max(acknowledged, sequence);
    }

    void committed(SimulatedDatabase.Client client, long sequence, Report report) {
        require(row == null || row == client, "has rows under two numbers");
        row = client;
        require(
                sequence <= offered.size() && offered.get((int) sequence - 1).equals(report),
                "report " + sequence + " was committed with content that was never offered");
    }

    void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ViolationException(
                    "session " + session.clientId() + "/" + session.bootEpoch() + ": " + otherwise);
        }
    }
}
