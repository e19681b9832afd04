package io.plimsoll.client;

import io.plimsoll.io.SameStorage;
import io.plimsoll.model.ClientId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a client keeps reports that the server does not take: never on the file system under test, whose load they
/// would be part of, and whose faults they would share.
///
/// @param note what a reader of the run should know of it
record SpoolPlace(Path directory, Optional<String> note) {
    private static final int OTHERS_MAY_WRITE = 022;

    /// What former processes of this client have left, older sessions first: in the given directory, or in those that
    /// are looked for one.
    static List<Path> leftOf(ClientId client, Optional<Path> given, Map<String, String> environment) {
        List<Path> left = new ArrayList<>();
        for (Path directory : given.map(List::of).orElseGet(() -> defaults(environment))) {
            try {
                SpoolFile.in(directory).stream()
                        .filter(file -> SpoolFile.mayBeOf(file, client))
                        .forEach(left::add);
            } catch (IOException e) {
                continue; // never used, or not ours to read
            }
        }
        return left;
    }

    /// Makes the directory. Blocks as long as a file system does not answer.
    ///
    /// @param given by the user: taken, or refused
    /// @param target what is measured, whether it exists yet or not
    /// @throws RefusedException where there is no place: the message says what, why, and what to do
    static SpoolPlace choose(Optional<Path> given, Path target, Map<String, String> environment) {
        if (given.isPresent()) {
            return given(given.get().toAbsolutePath(), target);
        }
        List<String> no = new ArrayList<>();
        for (Path candidate : defaults(environment)) {
            try {
                SameStorage storage = SameStorage.between(candidate, target);
                if (storage.relation() == SameStorage.Relation.SAME_FILE_SYSTEM) {
                    no.add(candidate + " is on the file system under test");
                    continue;
                }
                makeOwn(candidate);
                return new SpoolPlace(candidate, note(candidate, no, storage));
            } catch (IOException e) {
                no.add(candidate + ": " + e.getMessage());
            }
        }
        throw new RefusedException("there is no place for reports that the server does not take: "
                + String.join("; ", no) + "; name a directory on another file system (spool.directory)");
    }

    private static SpoolPlace given(Path directory, Path target) {
        try {
            SameStorage storage = SameStorage.between(directory, target);
            if (storage.relation() == SameStorage.Relation.SAME_FILE_SYSTEM) {
                throw new RefusedException("spool.directory is on the file system under test: " + directory + " is "
                        + storage.first() + ", the target is " + storage.second()
                        + "; name a directory on another one, or leave spool.directory out");
            }
            Files.createDirectories(directory);
            if (!Files.isWritable(directory)) {
                throw new IOException("it cannot be written to");
            }
            return new SpoolPlace(directory, note(directory, List.of(), storage));
        } catch (IOException e) {
            throw new RefusedException("spool.directory " + directory + " cannot be used: " + e.getMessage());
        }
    }

    private static Optional<String> note(Path directory, List<String> passedOver, SameStorage storage) {
        String sameDisk = storage.relation() == SameStorage.Relation.SAME_DISK
                ? "it shares a disk with the target: " + storage.first() + " and " + storage.second()
                : "";
        if (passedOver.isEmpty()) {
            return Optional.of(sameDisk).filter(s -> !s.isEmpty()).map(s -> "spool in " + directory + ": " + s);
        }
        return Optional.of("spool in " + directory + ", of which a reboot leaves nothing, because "
                + String.join("; ", passedOver) + (sameDisk.isEmpty() ? "" : "; " + sameDisk));
    }

    /// On disk, then in memory: of the user, then of the machine.
    private static List<Path> defaults(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        List<Path> places = new ArrayList<>();
        places.add(absolute(environment, "XDG_STATE_HOME")
                .orElse(Path.of(home, ".local", "state"))
                .resolve("plimsoll/spool")
                .toAbsolutePath());
        absolute(environment, "XDG_RUNTIME_DIR").ifPresent(d -> places.add(d.resolve("plimsoll")));
        places.add(Path.of("/dev/shm", "plimsoll-" + user()));
        return places;
    }

    /// As its specification says: what is not absolute does not count.
    private static Optional<Path> absolute(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(value -> value.startsWith("/"))
                .map(Path::of);
    }

    /// In a directory where everybody may write, somebody else may have been there before.
    private static void makeOwn(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Map<String, Object> is = Files.readAttributes(directory, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        boolean own = is.get("uid").equals(user())
                && ((int) is.get("mode") & OTHERS_MAY_WRITE) == 0
                && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
        if (!own || !Files.isWritable(directory)) {
            throw new IOException("it is not a directory that only this user can write to");
        }
    }

    private static Object user() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc does not tell whose this process is", e);
        }
    }
}
