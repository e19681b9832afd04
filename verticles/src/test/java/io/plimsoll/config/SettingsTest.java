package io.plimsoll.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.EngineKind;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final Path CONF = Path.of("../conf");
    private static final SecuritySettings AUTO = new SecuritySettings(SecuritySettings.Mode.AUTO, Optional.empty());
    private static Vertx vertx;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void laterLayersWin() throws IOException {
        Path file = Files.writeString(
                dir.resolve("s.yaml"), "tcp: {host: 10.0.0.1, port: 1}\nlog: file.log\nreport: f.json\n");
        Map<String, String> environment = Map.of("PLIMSOLL_TCP_PORT", "2", "PLIMSOLL_LOG", "environment.log");
        ServerSettings settings = server(Optional.of(file), environment, new Flag("--tcp-port", "tcp.port", "3"));
        assertEquals(new ListenSettings("10.0.0.1", 3, AUTO), settings.tcp());
        assertEquals(Path.of("environment.log"), settings.log());
        assertEquals(Path.of("f.json"), settings.report());
        assertEquals(Optional.empty(), settings.database().location());
    }

    @Test
    void defaultsOfTheServerArePinned() {
        assertEquals(
                new ServerSettings(
                        new MulticastSettings("239.0.0.1", 10001, Optional.empty(), Optional.empty()),
                        new ListenSettings("0.0.0.0", 42000, AUTO),
                        new DatabaseSettings(Optional.empty(), Optional.empty(), Optional.empty(), false),
                        Path.of("plimsoll-server.log"),
                        Path.of("report.json"),
                        Duration.ofSeconds(30),
                        false,
                        new LimitSettings(1000, 1 << 20, Duration.ofSeconds(5), Duration.ofSeconds(60), 1000, 50_000),
                        new HealthSettings("127.0.0.1", 0),
                        Optional.empty()),
                server(Optional.empty(), Map.of()));
    }

    @Test
    void defaultsOfTheClientArePinned() {
        assertEquals(
                new ClientSettings(
                        new ClientId("a"),
                        new UplinkSettings("127.0.0.1", 42000, AUTO),
                        new MulticastSettings("239.0.0.1", 10001, Optional.empty(), Optional.empty()),
                        Duration.ofSeconds(5),
                        10_000_000,
                        false,
                        20_000_000,
                        Duration.ofSeconds(10),
                        List.of(),
                        Path.of("a/chunkfiles"),
                        EngineKind.PSYNC,
                        3,
                        false,
                        1_000_000_000,
                        new QuotaSettings(Optional.empty(), Optional.empty()),
                        false,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        new SpoolSettings(Optional.empty(), 32 << 20),
                        Path.of("plimsoll-client-a.log"),
                        false,
                        Optional.empty()),
                client(Optional.empty(), Map.of(), new Flag("--id", "id", "a")));
    }

    @Test
    void aClientWithoutIdGetsANewUuid() {
        ClientSettings one = client(Optional.empty(), Map.of());
        ClientSettings two = client(Optional.empty(), Map.of());
        assertNotEquals(one.id(), two.id());
        assertEquals(Path.of(one.id().value(), "chunkfiles"), one.path());
    }

    @Test
    void aTargetIsNamedOrAPathInOne() {
        Flag id = new Flag("--id", "id", "a");
        Flag targets = new Flag("--allow", "targets", "fast=/mnt/fast,part=/mnt/fast/part");
        for (Map.Entry<String, String> path : Map.of(
                        "fast", "/mnt/fast/a/chunkfiles",
                        "part", "/mnt/fast/part/a/chunkfiles",
                        "/mnt/fast", "/mnt/fast",
                        "/mnt/fast/x", "/mnt/fast/x",
                        "/mnt/x/../fast/part/x", "/mnt/x/../fast/part/x")
                .entrySet()) {
            ClientSettings settings =
                    client(Optional.empty(), Map.of(), id, targets, new Flag("--path", "path", path.getKey()));
            assertEquals(Path.of(path.getValue()), settings.path());
            assertEquals(
                    Optional.of(Path.of(path.getValue().contains("part") ? "/mnt/fast/part" : "/mnt/fast")),
                    settings.allowedRoot());
        }
        assertEquals(
                Optional.empty(),
                client(Optional.empty(), Map.of(), new Flag("--path", "path", "fast"))
                        .allowedRoot());
    }

    @Test
    void whatIsInNoTargetIsRefusedWhateverTheFlagsSay() throws IOException {
        Path owners = Files.writeString(dir.resolve("owner.yaml"), "targets: [fast=/mnt/fast, nfs=/mnt/nfs]\n");
        for (String path :
                List.of("/", "/etc", "/mnt", "/mnt/faster", "/mnt/fast/../x", "slow", "./fast", "FAST", "..")) {
            ConfigException refused = assertThrows(
                    ConfigException.class,
                    () -> client(
                            Optional.of(owners),
                            Map.of(),
                            new Flag("--path", "path", path),
                            new Flag("--force", "force", "true")));
            assertEquals(
                    "--path: path: " + path + " is not in a directory that this client may write to; name one of its"
                            + " targets, or a directory in one: fast=/mnt/fast, nfs=/mnt/nfs",
                    refused.getMessage().strip());
        }
        ConfigException refused = assertThrows(ConfigException.class, () -> client(Optional.of(owners), Map.of()));
        assertTrue(refused.getMessage().startsWith("defaults: path: "), refused::getMessage);
    }

    @Test
    void aClientWithCredentialsButWithoutIdHasTheNameOfTheirDirectory() {
        Flag credentials = new Flag("--credentials", "security.credentials", "/etc/plimsoll/nvme-1");
        assertEquals(
                new ClientId("nvme-1"),
                client(Optional.empty(), Map.of(), credentials).id());
        Flag id = new Flag("--id", "id", "other");
        assertEquals(
                new ClientId("other"),
                client(Optional.empty(), Map.of(), credentials, id).id());
        Flag odd = new Flag("--credentials", "security.credentials", "/etc/my certificates");
        assertEquals(36, client(Optional.empty(), Map.of(), odd).id().value().length());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,true",
        "127.8.9.10,true",
        "localhost,true",
        "::1,true",
        "0.0.0.0,false",
        "::,false",
        "10.0.0.1,false",
        "localhost.example.org,false",
        "127.0.0.1.example.org,false"
    })
    void onlyWhatIsThisHostForSureIsLoopback(String host, boolean loopback) {
        assertEquals(loopback, new ListenSettings(host, 1, AUTO).loopback());
        assertEquals(loopback, new UplinkSettings(host, 1, AUTO).loopback());
    }

    @Test
    void theShippedFilesHaveEveryDefaultAndNothingElse() {
        assertEquals(
                Schema.SERVER.defaults(),
                YamlFile.read(CONF.resolve("server.yaml")).values());
        assertEquals(
                Schema.CLIENT.defaults(),
                YamlFile.read(CONF.resolve("client.yaml")).values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void theShippedFilesShowEveryKeyAndNameTheirSchema(String role) throws IOException {
        String yaml = Files.readString(CONF.resolve(role + ".yaml"));
        assertTrue(yaml.startsWith("# yaml-language-server: $schema=schema/" + role + ".schema.json\n"));
        assertTrue(Files.isRegularFile(CONF.resolve("schema/" + role + ".schema.json")));
        for (String key : Schema.load(role).keys()) {
            String name = key.substring(key.lastIndexOf('.') + 1);
            assertTrue(yaml.matches("(?s).*\n *(# )?" + name + ": .*"), name + " is not in " + role + ".yaml");
        }
    }

    @Test
    void everyKeyOfTheServerReachesTheSettings() throws Exception {
        Map<String, String> other = new TreeMap<>(Map.of(
                "multicast.group", "239.1.1.1",
                "multicast.port", "10002",
                "multicast.interface", "lo",
                "tcp.host", "127.0.0.1",
                "tcp.port", "1",
                "database", "postgresql://h/d",
                "log", "other.log",
                "report", "other.json",
                "idleTimeout", "1h",
                "keepRunning", "true"));
        other.putAll(Map.of(
                "limits.connections", "7",
                "limits.frameSize", "100kB",
                "limits.handshakeTimeout", "6s",
                "limits.silenceTimeout", "2m",
                "limits.inFlightPerConnection", "8",
                "limits.inFlightTotal", "9000",
                "cluster.name", "ours",
                "cluster.members", "a:1,b:2",
                "cluster.host", "10.0.0.1",
                "cluster.port", "9"));
        other.putAll(Map.of(
                "heartbeatKeys",
                "/k",
                "allowUnsafeDatabase",
                "true",
                "databasePasswordFile",
                "/p",
                "databaseOwner",
                "postgresql://o@h/d"));
        other.putAll(Map.of("health.host", "0.0.0.0", "health.port", "8080"));
        other.put("security.mode", "insecure");
        other.put("security.credentials", "/c");
        assertEquals(new HashSet<>(Schema.SERVER.keys()), other.keySet());
        Flag members = new Flag("--cluster", "cluster.members", "x:1");
        everyKeyChangesTheRecord(
                other,
                server(Optional.empty(), Map.of(), members),
                flags -> server(Optional.empty(), Map.of(), flags),
                members);
    }

    @Test
    void everyKeyOfTheClientReachesTheSettings() throws Exception {
        Map<String, String> other = new TreeMap<>(Map.of(
                "id", "b",
                "tcp.server", "h",
                "tcp.port", "1",
                "multicast.group", "239.1.1.1",
                "multicast.port", "10002",
                "multicast.interface", "lo",
                "heartbeatInterval", "1s",
                "chunkSize", "11MB",
                "allowSmallChunks", "true",
                "fileSize", "30MiB"));
        other.putAll(Map.of(
                "runTime", "1m",
                "path", "/x",
                "dd", "true",
                "keptFiles", "4",
                "keepFiles", "true",
                "reserve", "2GB",
                "force", "true",
                "resourceInterval", "1s",
                "drainTimeout", "1s",
                "spool.directory", "/u"));
        other.putAll(Map.of(
                "spool.size", "2MiB",
                "log", "l",
                "quiet", "true",
                "cluster.name", "ours",
                "cluster.members", "a:1,b:2",
                "cluster.host", "10.0.0.1",
                "cluster.port", "9",
                "heartbeatKeys", "/k",
                "security.mode", "insecure",
                "security.credentials", "/c"));
        Flag id = new Flag("--id", "id", "a");
        Flag members = new Flag("--cluster", "cluster.members", "x:1");
        other.putAll(Map.of("quota.bytes", "1TB", "quota.time", "1h"));
        other.put("targets", "here=" + Path.of("").toAbsolutePath());
        assertEquals(new HashSet<>(Schema.CLIENT.keys()), other.keySet());
        everyKeyChangesTheRecord(
                other,
                client(Optional.empty(), Map.of(), id, members),
                flags -> client(Optional.empty(), Map.of(), flags),
                id,
                members);
    }

    @Test
    void everyComponentOfTheRecordsComesFromAKey() {
        assertEquals(Schema.SERVER.keys().size(), components(ServerSettings.class));
        assertEquals(Schema.CLIENT.keys().size(), components(ClientSettings.class));
    }

    @Test
    void everyKeyIsDescribedAndHasItsOwnVariable() {
        for (Schema schema : List.of(Schema.SERVER, Schema.CLIENT)) {
            Set<String> variables = new HashSet<>();
            for (String key : schema.keys()) {
                assertFalse(schema.leaf(key).getString("title", "").isBlank(), key);
                assertFalse(schema.leaf(key).getString("description", "").isBlank(), key);
                assertTrue(variables.add(Environment.variable(key)), key);
            }
        }
        assertEquals("PLIMSOLL_LIMITS_IN_FLIGHT_TOTAL", Environment.variable("limits.inFlightTotal"));
    }

    @Test
    void saysHowAnAmbiguousSizeWasRead() {
        Sources sources =
                new Sources(Optional.empty(), Map.of(), List.of(new Flag("--chunk-size", "chunkSize", "12M")));
        Settings.Loaded<ClientSettings> loaded = Settings.client(
                        vertx, new Sources(Optional.empty(), Map.of("PLIMSOLL_FILE_SIZE", "24MB"), sources.flags()))
                .await();
        assertEquals(12_000_000, loaded.settings().chunkBytes());
        assertEquals(
                List.of("--chunk-size: '12M' is read as 12MB (12000000 bytes); write 12MiB for powers of two"),
                loaded.notes());
    }

    @Test
    void theBareFormTakesSettingsOrAFileWithSettingsThatWinOverIt() throws IOException {
        Path file = Files.writeString(dir.resolve("c.yaml"), "tcp: {port: 5}\nid: x\n");
        JsonObject conf = new JsonObject().put("config", file.toString()).put("id", "y");
        ClientSettings settings = Settings.client(vertx, conf).await();
        assertEquals(new ClientId("y"), settings.id());
        assertEquals(5, settings.tcp().port());
        assertEquals(
                6,
                Settings.server(vertx, new JsonObject("{\"tcp\": {\"port\": 6}}"))
                        .await()
                        .tcp()
                        .port());
        assertEquals("y", conf.getString("id"), "the caller's object is left alone");
        assertEquals(file.toString(), conf.getString("config"));
    }

    @Test
    void theBareFormRefusesWhatTheStockLauncherMakesOfABadFile() {
        ConfigException error = assertThrows(
                ConfigException.class,
                () -> Settings.server(vertx, new JsonObject()).await());
        assertTrue(error.getMessage().startsWith("-conf: no settings"), error.getMessage());
        error = assertThrows(
                ConfigException.class,
                () -> Settings.server(vertx, new JsonObject().put("tpc", 1)).await());
        assertEquals("-conf: tpc: unknown key 'tpc'; did you mean 'tcp'?", error.getMessage());
        error = assertThrows(
                ConfigException.class,
                () -> Settings.client(vertx, new JsonObject().put("config", 1)).await());
        assertEquals("-conf: config: expected the path of a YAML file", error.getMessage());
    }

    @Test
    void theBareFormRefusesAClusterThatItWouldNeverJoin() {
        JsonObject cluster = new JsonObject().put("members", List.of("127.0.0.1:5811"));
        ConfigException refused = assertThrows(
                ConfigException.class,
                () -> Settings.server(vertx, new JsonObject().put("cluster", cluster))
                        .await());
        assertTrue(refused.getMessage().contains("not clustered"), refused::getMessage);
    }

    @Test
    void mayBeLoadedOnAnEventLoop() {
        ServerSettings[] loaded = new ServerSettings[1];
        VerticleBase verticle = new VerticleBase() {
            @Override
            public Future<?> start() {
                return Settings.server(vertx, config()).onSuccess(settings -> loaded[0] = settings);
            }
        };
        DeploymentOptions options = new DeploymentOptions().setConfig(new JsonObject().put("log", "x"));
        vertx.deployVerticle(verticle, options).await();
        assertEquals(Path.of("x"), loaded[0].log());
    }

    private static ServerSettings server(Optional<Path> file, Map<String, String> environment, Flag... flags) {
        return Settings.server(vertx, new Sources(file, environment, List.of(flags)))
                .await()
                .settings();
    }

    private static ClientSettings client(Optional<Path> file, Map<String, String> environment, Flag... flags) {
        return Settings.client(vertx, new Sources(file, environment, List.of(flags)))
                .await()
                .settings();
    }

    private static void everyKeyChangesTheRecord(
            Map<String, String> other, Object base, java.util.function.Function<Flag[], Object> load, Flag... always) {
        for (Map.Entry<String, String> entry : other.entrySet()) {
            List<Flag> flags = new ArrayList<>(List.of(always));
            flags.removeIf(flag -> flag.key().equals(entry.getKey()));
            flags.add(new Flag("--x", entry.getKey(), entry.getValue()));
            if (entry.getKey().equals("limits.inFlightPerConnection")) {
                flags.add(new Flag("--y", "limits.inFlightTotal", "50000"));
            }
            assertNotEquals(base, load.apply(flags.toArray(Flag[]::new)), entry.getKey() + " changes nothing");
        }
    }

    /// Leaves of a tree of records; an optional record counts as its components.
    private static int components(Class<?> record) {
        int count = 0;
        for (RecordComponent component : record.getRecordComponents()) {
            Class<?> type = component.getName().equals("cluster") ? ClusterSettings.class : component.getType();
            count += type.isRecord() && type != ClientId.class ? components(type) : 1;
        }
        return count;
    }
}
