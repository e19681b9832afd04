package io.plimsoll.launcher;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(120)
class LearningIT {
    @Test
    void runsItsJobs(@TempDir Path dir) throws Exception {
        Learning.jobs(dir);
        assertTrue(Files.size(dir.resolve("file")) > 0);
    }

    @Test
    void everyClassOfModernPicocliPassesTheVerifier(@TempDir Path dir) throws Exception {
        Path jar = dir.resolve("picocli.jar");
        ModernPicocli.write(jar);
        URL[] path = {jar.toUri().toURL()};
        try (JarFile classes = new JarFile(jar.toFile());
                URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            List<String> names = classes.stream()
                    .map(JarEntry::getName)
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .toList();
            for (String name : names) {
                if (!name.contains("groovy")) {
                    Class.forName(name.replace('/', '.'), true, loader);
                }
            }
            Class<?> modern = loader.loadClass(CommandLine.class.getName());
            assertNotSame(CommandLine.class, modern);
            assertTrue(names.contains("picocli/CommandLine$Model$OptionSpec"), names::toString);
        }
    }
}
