package io.plimsoll.simulation;

import java.util.SplittableRandom;

/// Does what goes wrong in networks, machines and databases. Each seed has its own mix and intensity: few kinds of
/// fault
/// at a time find more than all of them at once, which hide each other; some seeds have none, and must run as promised
/// from the beginning.
final class Nemesis {
    private static final long SECOND_US = 1_000_000;

    private enum Fault {
        PARTITION,
        ONE_WAY,
        RESET,
        HALF_OPEN,
        KILL_CLIENT,
        FREEZE_CLIENT,
        KILL_SERVER,
        FREEZE_SERVER,
        STOP_SERVER,
        HANG_DATABASE,
        STOP_DATABASE,
        DATABASE_ERRORS,
        CLOCK,
        STRAY_HEARTBEATS
    }

    private static final Fault[] FAULTS = Fault.values();
    /// Noticed by its silence, connected to anew, and heard again.
    static final long UNNOTICED_US_MAX = 35 * SECOND_US;

    private final Simulation world;
    private final SplittableRandom random;
    private final int hosts;
    private final Fault[] mix;
    private final long pauseUsMax;
    private final long lengthUsMax;

    Nemesis(Simulation world, SplittableRandom random, int hosts) {
        this.world = world;
        this.random = random;
        this.hosts = hosts;
        this.mix = new Fault[random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(5)];
        for (int i = 0; i < mix.length; i++) {
            mix[i] = FAULTS[random.nextInt(FAULTS.length)];
        }
        this.pauseUsMax = 1 + (SECOND_US >> 2 << random.nextInt(6));
        this.lengthUsMax = 1 + (SECOND_US >> 4 << random.nextInt(10));
        if (random.nextInt(3) == 0) {
            world.loseDatagrams(30);
        }
    }

    void begin() {
        if (mix.length > 0) {
            next();
        }
    }

    private void next() {
        world.agenda().at(world.agenda().nowUs() + random.nextLong(pauseUsMax), () -> {
            if (world.chaos()) {
                strike(mix[random.nextInt(mix.length)]);
                next();
            }
        });
    }

    private void strike(Fault fault) {
        long nowUs = world.agenda().nowUs();
        int host = random.nextInt(hosts);
        long untilUs = Math.min(world.chaosUs(), nowUs + random.nextLong(lengthUsMax));
        if (world.tracing()) {
            world.tell("nemesis: " + fault + ", host " + host + ", for " + (untilUs - nowUs) / 1e6 + " s");
        }
        switch (fault) {
            case PARTITION -> {
                world.network().block(SimulatedNetwork.CLIENT, host, untilUs);
                world.network().block(SimulatedNetwork.SERVER, host, untilUs);
                world.disturb(host, untilUs);
            }
            case ONE_WAY -> {
                world.network().block(random.nextInt(2), host, untilUs);
                world.disturb(host, untilUs);
            }
            case RESET -> {
                world.network().links().stream()
                        .filter(link -> link.host == host)
                        .toList()
                        .forEach(SimulatedNetwork.Link::reset);
                world.disturb(host, nowUs);
            }
            case HALF_OPEN -> {
                world.network().links().stream()
                        .filter(link -> link.host == host)
                        .forEach(SimulatedNetwork.Link::loseInSilence);
                world.disturb(host, nowUs + UNNOTICED_US_MAX);
            }
            case KILL_CLIENT -> world.killClient(host, random.nextInt(4) == 0, random.nextBoolean());
            case FREEZE_CLIENT -> {
                world.standStill(host, untilUs);
                world.disturb(host, untilUs);
            }
            case KILL_SERVER -> {
                boolean inSilence = random.nextInt(4) == 0;
                world.killServer(inSilence, random.nextBoolean());
                world.disturbAll(nowUs + (inSilence ? UNNOTICED_US_MAX : 0));
            }
            case FREEZE_SERVER -> {
                world.serverStandsStill(untilUs);
                world.disturbAll(untilUs);
            }
            case STOP_SERVER -> world.stopServer();
            case HANG_DATABASE -> {
                world.database().hang(untilUs);
                world.disturbAll(untilUs);
            }
            case STOP_DATABASE -> {
                world.database().stop(untilUs);
                world.disturbAll(untilUs);
            }
            case DATABASE_ERRORS -> {
                world.database().errors(random.nextInt(60), random.nextInt(60));
                world.disturbAll(Long.MAX_VALUE >> 1);
            }
            case CLOCK -> {
                long ms = random.nextLong(-20_000, 20_000);
                if (random.nextBoolean()) {
                    world.shiftServerClock(ms);
                } else {
                    world.shiftClock(host, ms);
                }
            }
            case STRAY_HEARTBEATS -> world.strayHeartbeat();
        }
    }
}
