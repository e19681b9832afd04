package io.plimsoll.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Stands between a server and its Postgres, reads what the server asks for, and holds up one commit of reports
/// when it is armed: before it gets there, or its answer. What is held never goes on.
final class CommitTrap {
    /// Between the insert and its commit, or between that and its answer.
    enum Where {
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    private static final byte PARSE = 'P';
    private static final byte BIND = 'B';
    private static final byte QUERY = 'Q';

    private Where armed;
    private CountDownLatch caught = new CountDownLatch(0);
    private CountDownLatch released = new CountDownLatch(0);

    TcpProxy.Tap tap() {
        return new Session();
    }

    synchronized void arm(Where where) {
        armed = where;
        caught = new CountDownLatch(1);
        released = new CountDownLatch(1);
    }

    /// Returns when a commit is held.
    void awaitCaught(long secondsMax) {
        try {
            if (!caught().await(secondsMax, TimeUnit.SECONDS)) {
                throw new AssertionError("no commit of reports within " + secondsMax + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// The connection of the commit that is held is reset.
    synchronized void release() {
        released.countDown();
    }

    private synchronized CountDownLatch caught() {
        return caught;
    }

    private synchronized boolean isArmed(Where where) {
        return armed == where;
    }

    private void hold(Where where) throws IOException {
        CountDownLatch until;
        synchronized (this) {
            if (armed != where) {
                return;
            }
            armed = null;
            caught.countDown();
            until = released;
        }
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("held");
    }

    /// One connection to Postgres.
    private final class Session implements TcpProxy.Tap {
        private final Set<String> entersReports = new HashSet<>();
        private byte[] pending = {};
        private boolean greeted;
        private boolean entered;
        private boolean commits;
        private volatile boolean committing;

        @Override
        public void passing(TcpProxy.Way way, byte[] bytes, int length) throws IOException {
            if (way == TcpProxy.Way.DOWN) {
                if (committing) {
                    committing = false;
                    hold(Where.AFTER_COMMIT);
                }
                return;
            }
            commits = false;
            read(Arrays.copyOf(bytes, length));
            if (commits) {
                committing = isArmed(Where.AFTER_COMMIT);
                hold(Where.BEFORE_COMMIT);
            }
        }

        private void read(byte[] more) {
            byte[] all = Arrays.copyOf(pending, pending.length + more.length);
            System.arraycopy(more, 0, all, pending.length, more.length);
            ByteBuffer in = ByteBuffer.wrap(all);
            while (true) {
                int header = greeted ? 5 : 4; // what comes first has no type
                if (in.remaining() < header) {
                    break;
                }
                byte type = greeted ? in.get(in.position()) : 0;
                int length = in.getInt(in.position() + header - 4);
                if (in.remaining() < header - 4 + length) {
                    break;
                }
                byte[] body = new byte[length - 4];
                in.position(in.position() + header).get(body);
                greeted = true;
                message(type, new String(body, StandardCharsets.ISO_8859_1).split("\0", -1));
            }
            pending = Arrays.copyOfRange(all, in.position(), all.length);
        }

        private void message(byte type, String[] words) {
            switch (type) {
                case PARSE -> {
                    entersReports.remove(words[0]);
                    if (words[1].contains("insert into reports ")) {
                        entersReports.add(words[0]);
                    }
                }
                case BIND -> entered |= entersReports.contains(words[1]);
                case QUERY -> {
                    String statement = words[0].strip().toLowerCase(Locale.ROOT);
                    commits |= entered && statement.equals("commit");
                    entered = false;
                }
                default -> {}
            }
        }
    }
}
