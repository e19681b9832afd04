package io.plimsoll.launcher;

import io.plimsoll.config.Flag;
import io.plimsoll.config.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where settings are, for every command that has some.
final class ConfigFileOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "YAML file with settings; flags win over it. Default: that in conf/ of the installation, if any.")
    private Path config;

    Sources sources(String role, List<Flag> flags) {
        return new Sources(Optional.ofNullable(config).or(() -> installed(role)), System.getenv(), flags);
    }

    /// The script says where the installation is; a jar alone has none.
    private static Optional<Path> installed(String role) {
        return Optional.ofNullable(System.getProperty("plimsoll.home"))
                .map(home -> Path.of(home, "conf", role + ".yaml"))
                .filter(Files::isRegularFile);
    }
}
