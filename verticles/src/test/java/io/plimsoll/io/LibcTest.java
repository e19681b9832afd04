package io.plimsoll.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LibcTest {
    /// Two classes that know how a function is called are two places to mend.
    @Test
    void everyFunctionIsBoundInOnePlace() throws Exception {
        Path classes = Path.of(
                Libc.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Map<String, List<String>> places = new TreeMap<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                bindings(file, places);
            }
        }
        assertTrue(places.containsKey("pread") && places.containsKey("openat"), places::toString);
        places.values().removeIf(place -> place.size() == 1);
        assertEquals(Map.of(), places);
    }

    private static void bindings(Path file, Map<String, List<String>> places) throws IOException {
        ClassModel model = ClassFile.of().parse(file);
        model.methods().stream().flatMap(m -> m.code().stream()).forEach(code -> {
            Object constant = null;
            for (CodeElement element : code) {
                switch (element) {
                    case ConstantInstruction loaded -> constant = loaded.constantValue();
                    case InvokeInstruction call
                    when call.owner().asInternalName().equals("io/plimsoll/io/Libc")
                            && call.name().equalsString("function") ->
                        places.computeIfAbsent((String) constant, _ -> new ArrayList<>())
                                .add(model.thisClass().asInternalName());
                    default -> {}
                }
            }
        });
    }
}
