package io.plimsoll.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine;

/// picocli's classes as if they were compiled today.
///
/// They are compiled for Java 5. The JVM puts classes that old into no AOT cache, nor those that extend them, because
/// without stack maps it cannot verify them beforehand; read from the jar they take half of the time that a benchmark
/// needs to begin.
final class ModernPicocli {
    private static final String CLASSES = "picocli/";

    private ModernPicocli() {}

    /// Writes them to a new jar, which is to stand before the others on the class path.
    static void write(Path jar) throws IOException {
        try (ZipFile old = new ZipFile(home().toFile());
                OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream modern = new ZipOutputStream(file)) {
            List<? extends ZipEntry> classes = old.stream()
                    .filter(entry -> entry.getName().startsWith(CLASSES))
                    .filter(entry -> entry.getName().endsWith(".class"))
                    .toList();
            for (ZipEntry entry : classes) {
                modern.putNextEntry(new ZipEntry(entry.getName()));
                modern.write(modern(old.getInputStream(entry).readAllBytes()));
                modern.closeEntry();
            }
        }
    }

    private static Path home() {
        try {
            return Path.of(CommandLine.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] modern(byte[] old) {
        ClassFile file = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(
                        ClassHierarchyResolver.ofResourceParsing(ModernPicocli.class.getClassLoader())
                                .orElse(ClassHierarchyResolver.defaultResolver())));
        ClassModel model = file.parse(old);
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.latestMajorVersion(), 0);
            } else {
                builder.with(element);
            }
        };
        return file.transformClass(
                model, version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
    }
}
