package io.plimsoll.database;

import io.plimsoll.database.DatabaseException.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.impl.PgConnectionUriParser;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// As whom a connection logs in, with which password, and how it knows with whom it speaks. Reads files: blocks.
final class LogIn {
    private static final String ROOT_CERTIFICATE = "sslrootcert";
    private static final List<String> KNOWN_TO_THE_CLIENT = List.of(
            "sslmode",
            "user",
            "host",
            "hostaddr",
            "port",
            "dbname",
            "search_path",
            "options",
            "application_name",
            "fallback_application_name");

    private LogIn() {}

    static PgConnectOptions embedded(Path directory, int port, DatabaseRole role) {
        return new PgConnectOptions()
                .setHost(EmbeddedPostgres.HOST)
                .setPort(port)
                .setUser(role.user())
                .setPassword(role.password(directory))
                .setDatabase(EmbeddedPostgres.DATABASE);
    }

    /// What the address leaves open is filled in as psql does, but for `PGPASSWORD`: the environment of a process is no
    /// place for secrets.
    static PgConnectOptions external(DatabaseLocation.External external, Map<String, String> environment) {
        PgConnectOptions options = PgConnectOptions.fromUri(external.uri());
        JsonObject given = PgConnectionUriParser.parse(external.uri());
        if (!given.containsKey("user")) {
            options.setUser(environment.getOrDefault("PGUSER", System.getProperty("user.name")));
        }
        if (!given.containsKey("database")) {
            options.setDatabase(environment.getOrDefault("PGDATABASE", options.getUser()));
        }
        options.setPassword(password(external.passwordFile(), options, environment));
        Optional<Path> root = Optional.ofNullable(parameters(external.uri()).get(ROOT_CERTIFICATE))
                .map(Path::of);
        return encrypted(options, root, environment);
    }

    /// What follows the `?` of an address. The client takes what it knows of that, and drops the rest without a word.
    private static Map<String, String> parameters(String uri) {
        Map<String, String> parameters = new HashMap<>();
        int begin = uri.indexOf('?') + 1;
        String[] pairs = begin == 0 ? new String[0] : uri.substring(begin).split("&");
        for (String pair : pairs) {
            String name = pair.substring(0, Math.max(0, pair.indexOf('='))).toLowerCase(Locale.ROOT);
            if (!name.equals(ROOT_CERTIFICATE) && !KNOWN_TO_THE_CLIENT.contains(name)) {
                throw new DatabaseException(
                        Kind.LOCATION,
                        "'" + uri + "' has the parameter '" + name + "'; known are sslrootcert, "
                                + String.join(", ", KNOWN_TO_THE_CLIENT));
            }
            parameters.put(name, URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
        }
        return parameters;
    }

    /// @return empty where there is none, which is enough for a Postgres that does not ask
    private static String password(Optional<Path> named, PgConnectOptions options, Map<String, String> environment) {
        Optional<String> found = named.or(() -> PasswordFile.standard(environment))
                .flatMap(file -> PasswordFile.password(
                        file, options.getHost(), options.getPort(), options.getDatabase(), options.getUser()));
        if (named.isPresent() && found.isEmpty()) {
            throw new DatabaseException(
                    Kind.LOCATION,
                    named.get() + " has no line for " + options.getHost() + ":" + options.getPort() + ":"
                            + options.getDatabase() + ":" + options.getUser() + ":PASSWORD");
        }
        return found.orElse("");
    }

    /// As libpq has it: `require` encrypts and does not ask who is there, unless it is told by whom to know.
    private static PgConnectOptions encrypted(
            PgConnectOptions options, Optional<Path> root, Map<String, String> environment) {
        return switch (options.getSslMode()) {
            case DISABLE, ALLOW, PREFER -> {
                if (root.isPresent()) {
                    throw new DatabaseException(
                            Kind.LOCATION, "sslrootcert has no use without sslmode=verify-full or verify-ca");
                }
                yield options.setSslOptions(new ClientSSLOptions().setTrustAll(true));
            }
            case REQUIRE ->
                root.isPresent()
                        ? verified(options.setSslMode(SslMode.VERIFY_CA), root, environment)
                        : options.setSslOptions(new ClientSSLOptions().setTrustAll(true));
            case VERIFY_CA, VERIFY_FULL -> verified(options, root, environment);
        };
    }

    private static PgConnectOptions verified(
            PgConnectOptions options, Optional<Path> given, Map<String, String> environment) {
        Path root = given.or(() -> Optional.ofNullable(environment.get("HOME"))
                        .map(home -> Path.of(home, ".postgresql/root.crt"))
                        .filter(Files::exists))
                .orElseThrow(() -> new DatabaseException(
                        Kind.LOCATION,
                        "sslmode=verify-ca and verify-full need the certificate of the authority: add"
                                + " &sslrootcert=FILE, or put it at ~/.postgresql/root.crt"));
        try {
            return options.setSslOptions(new ClientSSLOptions()
                    .setHostnameVerificationAlgorithm(options.getSslMode() == SslMode.VERIFY_FULL ? "HTTPS" : "")
                    .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(Files.readAllBytes(root)))));
        } catch (IOException e) {
            throw new DatabaseException(Kind.LOCATION, "cannot read sslrootcert " + root + ": " + e, e);
        }
    }
}
