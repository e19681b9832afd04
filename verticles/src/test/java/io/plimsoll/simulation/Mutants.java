package io.plimsoll.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Shows that the simulation finds bugs: compiles each [Mutant] into memory, loads it with a client, a server and a
/// simulation of its own, and plays seeds until one fails.
final class Mutants {
    private static final Path SOURCES = Path.of(System.getProperty("plimsoll.root", ".."), "verticles", "src");
    private static final List<String> OWN =
            List.of("io.plimsoll.client.", "io.plimsoll.server.", "io.plimsoll.simulation.");

    /// @param seeds how many were played until the bug was found, or were not enough
    record Finding(Mutant mutant, long seeds, double seconds, Optional<String> what) {
        String line() {
            return "%-18s %7s %7.1f s   %s"
                    .formatted(
                            mutant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                            what.isPresent() ? seeds : "> " + seeds,
                            seconds,
                            what.orElse("not found"));
        }
    }

    static final String HEAD = "%-18s %7s %9s   %s".formatted("planted", "seeds", "time", "found as");

    private Mutants() {}

    /// One thread, seeds one after the other.
    static Finding find(Mutant mutant, long from, long seedsMax) throws IOException, ReflectiveOperationException {
        Function<Long, Optional<String>> simulate = load(mutant);
        long beganNs = System.nanoTime();
        for (long n = 1; n <= seedsMax; n++) {
            Optional<String> broken = simulate.apply(from + n - 1);
            if (broken.isPresent()) {
                return new Finding(mutant, n, (System.nanoTime() - beganNs) / 1e9, broken);
            }
        }
        return new Finding(mutant, seedsMax, (System.nanoTime() - beganNs) / 1e9, Optional.empty());
    }

    private static Function<Long, Optional<String>> load(Mutant mutant)
            throws IOException, ReflectiveOperationException {
        ClassLoader own = new Own(compile(mutant));
        MethodHandle run = MethodHandles.publicLookup()
                .findStatic(
                        own.loadClass("io.plimsoll.simulation.Simulation"),
                        "run",
                        MethodType.methodType(Optional.class, long.class));
        return seed -> {
            try {
                Optional<?> broken = (Optional<?>) run.invoke((long) seed);
                return broken.map(Object::toString);
            } catch (Throwable e) {
                throw new IllegalStateException("seed " + seed, e);
            }
        };
    }

    private static Map<String, byte[]> compile(Mutant mutant) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            complaints,
                            new InMemory(files, classes),
                            null,
                            List.of("-proc:none", "-nowarn"),
                            null,
                            List.of(new Source(mutant.className(), mutant.source(SOURCES))))
                    .call();
            if (!compiled) {
                throw new IllegalStateException(mutant + " does not compile: " + complaints);
            }
        }
        Map<String, byte[]> bytes = new HashMap<>();
        classes.forEach((name, out) -> bytes.put(name, out.toByteArray()));
        return bytes;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("memory:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, javax.tools.FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return classes.computeIfAbsent(className, _ -> new ByteArrayOutputStream());
                }
            };
        }
    }

    /// Classes of the rooms that the simulation plays are its own, with the mutant among them.
    private static final class Own extends ClassLoader {
        private final Map<String, byte[]> mutant;

        Own(Map<String, byte[]> mutant) {
            super(Mutants.class.getClassLoader());
            this.mutant = mutant;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (OWN.stream().noneMatch(name::startsWith)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = mutant.get(name);
            if (bytes == null) {
                try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = in.readAllBytes();
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
