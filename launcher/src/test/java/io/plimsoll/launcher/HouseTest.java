package io.plimsoll.launcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The build as the judge of the house: walls between rooms, format of the source, size of verticles, banned calls.
final class HouseTest {
    private static final Path ROOT = Path.of(System.getProperty("plimsoll.root", ".."));
    private static final int VERTICLE_LINES_MAX = 200;

    /// Which rooms a room may enter; docs/ARCHITECTURE.md says why. Every room may use java.* and logging.
    private static final Map<String, List<String>> DOORS = Map.ofEntries(
            Map.entry("model", List.of()),
            Map.entry("io", List.of("model")),
            Map.entry("stats", List.of("model")),
            Map.entry("workload", List.of("model")),
            Map.entry("bench", List.of("model", "io", "stats", "workload")),
            Map.entry("config", List.of("model")),
            Map.entry("security", List.of("model")),
            Map.entry("wire", List.of("model", "security")),
            Map.entry("database", List.of("model", "config", "security")),
            Map.entry("report", List.of("model", "config", "stats", "database")),
            Map.entry("server", List.of("model", "config", "security", "stats", "wire", "database", "report")),
            Map.entry("client", List.of("model", "config", "security", "stats", "wire", "io", "workload", "bench")),
            Map.entry(
                    "launcher",
                    List.of(
                            "model",
                            "config",
                            "security",
                            "stats",
                            "wire",
                            "io",
                            "workload",
                            "bench",
                            "database",
                            "report",
                            "server",
                            "client")));

    /// Pure: (state, event, now) → actions, in rooms that may use Vert.x otherwise.
    private static final List<String> DECIDING = List.of(
            "server.Conversation",
            "server.Intake",
            "server.Writers",
            "server.WriteQueue",
            "server.Ledger",
            "server.Persist",
            "server.Roster",
            "server.Member",
            "server.HeartbeatLedger",
            "server.Readiness",
            "client.Uplink",
            "client.Delivery",
            "client.SpoolPolicy",
            "client.Backoff",
            "client.DiskGuard",
            "client.DiskSpace",
            "client.StallWatch",
            "client.RolloverForecast",
            "wire.FrameScan");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.plimsoll");

    @Test
    void everyClassIsInARoomAndEveryRoomEntersOnlyRoomsThatItHasADoorTo() {
        String[] rooms = DOORS.keySet().stream().map(HouseTest::inside).toArray(String[]::new);
        classes().should().resideInAnyPackage(rooms).check(CLASSES);
        DOORS.forEach((room, doors) -> {
            String[] allowed = Stream.concat(Stream.of(room), doors.stream())
                    .map(HouseTest::inside)
                    .toArray(String[]::new);
            ArchRule wall = noClasses()
                    .that()
                    .resideInAPackage(inside(room))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.plimsoll..")
                            .and(com.tngtech.archunit.base.DescribedPredicate.not(resideInAnyPackage(allowed))))
                    .allowEmptyShould(true);
            wall.check(CLASSES);
        });
    }

    @Test
    void roomsThatDecideAndMeasureKnowNothingOfVertx() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        inside("model"), inside("io"), inside("stats"), inside("workload"), inside("security"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..", "com.hazelcast..", "org.slf4j..", "com.fasterxml..")
                .allowEmptyShould(true)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(inside("model"))
                .should()
                .dependOnClassesThat(
                        resideOutsideOfPackage("java..").and(resideOutsideOfPackage("io.plimsoll.model..")))
                .check(CLASSES);
    }

    @Test
    void classesThatDecideOverTimeKnowNothingOfVertxOrLogs() {
        noClasses()
                .that()
                .haveNameMatching("io\\.plimsoll\\.(" + String.join("|", DECIDING) + ")(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..", "com.hazelcast..", "org.slf4j..", "com.fasterxml..")
                .check(CLASSES);
        DECIDING.forEach(name -> assertTrue(CLASSES.contain("io.plimsoll." + name), name + " is not there any more"));
    }

    @Test
    void nobodyReadsJavaSerialisationFromOutside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(CLASSES);
    }

    @Test
    void nobodyButMainEndsTheProcessAndNobodySleepsOrPrintsStackTraces() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.plimsoll.launcher.Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
        noClasses().should().callMethod(Throwable.class, "printStackTrace").check(CLASSES);
    }

    @Test
    void aVerticleFitsOnFourScreens() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources()) {
            long lines = Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank() && !line.matches("\\s*//.*|import .*"))
                    .count();
            if (file.getFileName().toString().endsWith("Verticle.java") && lines > VERTICLE_LINES_MAX) {
                tooLong.add(ROOT.relativize(file) + " has " + lines + " lines of code");
            }
        }
        assertEquals(List.of(), tooLong, "a verticle does one job in at most " + VERTICLE_LINES_MAX + " lines");
    }

    /// With -Dformat.write=true it formats instead of complaining.
    @Test
    void sourcesAreFormatted() throws Exception {
        boolean write = Boolean.getBoolean("format.write");
        Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .build());
        List<String> unformatted = new ArrayList<>();
        for (Path file : sources()) {
            String source = Files.readString(file);
            String formatted = assertDoesNotThrow(() -> formatter.formatSourceAndFixImports(source), file::toString);
            if (!formatted.equals(source)) {
                if (write) {
                    Files.writeString(file, formatted);
                } else {
                    unformatted.add(ROOT.relativize(file).toString());
                }
            }
        }
        assertTrue(
                unformatted.isEmpty(),
                () -> "not formatted: " + unformatted
                        + "; run: ./mvnw -q test -Dtest=HouseTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dformat.write=true");
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Stream.of("verticles/src", "launcher/src").flatMap(HouseTest::walk)) {
            List<Path> java =
                    files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
            assertTrue(java.size() > 10, "no sources under " + ROOT.toAbsolutePath());
            return java;
        }
    }

    private static Stream<Path> walk(String folder) {
        try {
            return Files.walk(ROOT.resolve(folder));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String inside(String room) {
        return "io.plimsoll." + room + "..";
    }
}
