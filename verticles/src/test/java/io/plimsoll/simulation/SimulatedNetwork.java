package io.plimsoll.simulation;

import io.plimsoll.wire.FrameDecoder;
import io.plimsoll.wire.Message;
import io.plimsoll.wire.MessageCodec;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// TCP as it is promised, and no better: in each direction what was written arrives in order, after any time, or the
/// connection breaks and what was under way is lost, or nobody hears anything any more and nobody is told.
final class SimulatedNetwork {
    static final int CLIENT = 0;
    static final int SERVER = 1;
    /// Frames that one read brings at most.
    static final int READ_FRAMES_MAX = 16;

    /// Beyond it the writer is asked to wait.
    private static final int WRITTEN_FRAMES_MAX = 6;

    private static final long LATENCY_US_MIN = 50;

    /// One side of a connection.
    interface End {
        SimulatedProcess process();

        void said(Link link, Message message);

        /// A read is over.
        void read(Link link, boolean midFrame);

        /// The other side ended it, or it broke.
        void closed(Link link, String why);

        void writable(Link link);
    }

    private static final class Pipe {
        final ArrayDeque<Message> messages = new ArrayDeque<>();
        /// When each of the messages arrives.
        final ArrayDeque<Long> arrivalsUs = new ArrayDeque<>();
        long lastArrivalUs;
        boolean pumping;
        boolean reading = true;
        boolean full;
        boolean ending;
    }

    final class Link {
        final long number;
        /// The host of the client; the path from there to the server is what is cut.
        final int host;

        private final End[] ends;
        private final boolean[] open = {true, true};
        private final Pipe[] to = {new Pipe(), new Pipe()};
        private boolean lostInSilence;

        private Link(long number, int host, End client, End server) {
            this.number = number;
            this.host = host;
            this.ends = new End[] {client, server};
        }

        End client() {
            return ends[CLIENT];
        }

        boolean open(int side) {
            return open[side];
        }

        /// Returns whether there is room for more; [End#writable] tells when there is again.
        boolean write(int from, Message message) {
            if (!open[from]) {
                return false;
            }
            Pipe pipe = to[1 - from];
            enqueue(this, 1 - from, message);
            pipe.full = pipe.messages.size() >= WRITTEN_FRAMES_MAX;
            return !pipe.full;
        }

        void reading(int side, boolean on) {
            to[side].reading = on;
            if (on && !to[side].messages.isEmpty()) {
                pumpAt(this, side, agenda.nowUs());
            }
        }

        /// What was written before still arrives.
        void end(int from) {
            if (open[from]) {
                open[from] = false;
                to[1 - from].ending = true;
                if (to[1 - from].messages.isEmpty()) {
                    to[1 - from].lastArrivalUs = Math.max(to[1 - from].lastArrivalUs, agenda.nowUs() + latencyUs());
                    pumpAt(this, 1 - from, to[1 - from].lastArrivalUs);
                }
            }
        }

        /// What is under way is lost; each side that runs is told.
        void reset() {
            for (int side : new int[] {CLIENT, SERVER}) {
                breakOff(this, side, "connection reset");
            }
        }

        /// Whatever is said on it from now on is lost, and nobody is told.
        void loseInSilence() {
            lostInSilence = true;
        }
    }

    private final Agenda agenda;
    private final SplittableRandom random;
    private final boolean coded;
    private final long latencyUsMax;
    private final List<Link> links = new ArrayList<>();
    private final long[][] blockedUntilUs;
    private long numbers;

    /// @param coded whether messages travel as the bytes of their frames
    SimulatedNetwork(Agenda agenda, SplittableRandom random, int hosts, boolean coded) {
        this.agenda = agenda;
        this.random = random;
        this.coded = coded;
        this.latencyUsMax = LATENCY_US_MIN + (1L << random.nextInt(16));
        this.blockedUntilUs = new long[2][hosts];
    }

    long latencyUs() {
        return random.nextLong(LATENCY_US_MIN, latencyUsMax + 1);
    }

    /// @return when a packet from or to this host gets through
    long clearAtUs(int to, int host) {
        return Math.max(agenda.nowUs(), blockedUntilUs[to][host]);
    }

    /// Nothing gets through to that side; what was sent arrives afterwards, as TCP sends it again.
    void block(int to, int host, long untilUs) {
        blockedUntilUs[to][host] = Math.max(blockedUntilUs[to][host], untilUs);
    }

    Link connect(int host, End client, End server) {
        Link link = new Link(++numbers, host, client, server);
        links.removeIf(l -> !l.open[CLIENT] && !l.open[SERVER]);
        links.add(link);
        return link;
    }

    /// Those on which at least one side counts.
    List<Link> links() {
        return links;
    }

    /// The process is gone, and its kernel or its host with it.
    ///
    /// @param inSilence nobody is told, as after a power cut
    void died(End end, boolean inSilence, boolean lossy) {
        for (Link link : links) {
            int side = link.ends[CLIENT] == end ? CLIENT : SERVER;
            if (link.ends[side] != end || !link.open[side]) {
                continue;
            }
            if (inSilence) {
                link.open[side] = false;
            } else if (lossy) {
                link.reset();
            } else {
                link.end(side);
            }
        }
    }

    private void enqueue(Link link, int to, Message message) {
        Pipe pipe = link.to[to];
        pipe.lastArrivalUs = Math.max(pipe.lastArrivalUs, agenda.nowUs() + latencyUs());
        pipe.messages.add(message);
        pipe.arrivalsUs.add(pipe.lastArrivalUs);
        pumpAt(link, to, pipe.lastArrivalUs);
    }

    private void pumpAt(Link link, int to, long us) {
        Pipe pipe = link.to[to];
        if (!pipe.pumping && pipe.reading) {
            pipe.pumping = true;
            agenda.at(us, () -> pump(link, to));
        }
    }

    private void pump(Link link, int to) {
        Pipe pipe = link.to[to];
        pipe.pumping = false;
        if (link.lostInSilence) {
            return;
        }
        if (!link.open[to] || !link.ends[to].process().alive()) {
            // nobody is there: the kernel says so
            pipe.messages.clear();
            pipe.arrivalsUs.clear();
            breakOff(link, 1 - to, "connection reset");
            return;
        }
        long at = Math.max(clearAtUs(to, link.host), link.ends[to].process().runsAtUs());
        if (at > agenda.nowUs()) {
            pumpAt(link, to, at);
            return;
        }
        if (pipe.reading) {
            deliver(link, to, pipe);
        }
    }

    private void deliver(Link link, int to, Pipe pipe) {
        End end = link.ends[to];
        boolean any = false;
        for (int n = 0;
                n < READ_FRAMES_MAX
                        && link.open[to]
                        && !pipe.messages.isEmpty()
                        && pipe.arrivalsUs.peek() <= agenda.nowUs();
                n++) {
            pipe.arrivalsUs.poll();
            Message message = pipe.messages.poll();
            end.said(link, coded ? throughBytes(message) : message);
            any = true;
        }
        if (pipe.full && pipe.messages.size() <= WRITTEN_FRAMES_MAX / 2) {
            pipe.full = false;
            End writer = link.ends[1 - to];
            if (link.open[1 - to]) {
                writer.process().in(0, () -> writer.writable(link));
            }
        }
        if (!link.open[to]) {
            return;
        }
        boolean more = !pipe.messages.isEmpty();
        if (any || more) {
            boolean half = more && random.nextInt(8) == 0;
            end.read(link, half);
        }
        if (more) {
            pumpAt(link, to, Math.max(agenda.nowUs(), pipe.arrivalsUs.peek()));
        } else if (pipe.ending && pipe.reading) {
            link.open[to] = false;
            end.closed(link, "");
        }
    }

    private void breakOff(Link link, int side, String why) {
        if (link.open[side]) {
            link.open[side] = false;
            link.to[side].messages.clear();
            link.to[side].arrivalsUs.clear();
            link.ends[side].process().in(latencyUs(), () -> link.ends[side].closed(link, why));
        }
    }

    /// A message as the other side reads it: encoded, cut somewhere, and decoded.
    private Message throughBytes(Message message) {
        Buffer bytes = MessageCodec.encode(message);
        FrameDecoder decoder = new FrameDecoder();
        List<Message> decoded = new ArrayList<>(1);
        int cut = random.nextInt(bytes.length());
        decoder.feed(bytes.getBuffer(0, cut), frame -> decoded.add(MessageCodec.decode(frame)));
        if (decoder.midFrame() != cut > 0) {
            throw new ViolationException("a decoder that was fed " + cut + " bytes says otherwise");
        }
        decoder.feed(bytes.getBuffer(cut, bytes.length()), frame -> decoded.add(MessageCodec.decode(frame)));
        if (!decoded.equals(List.of(message))) {
            throw new ViolationException(message + " was sent and " + decoded + " was read");
        }
        return decoded.getFirst();
    }
}
