package org.nestwalk.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.parameter.Arguments;

/// What results depend on beside their arguments.
class InputsTest {
    @TempDir private Path folder = Path.of("");

    /// Stands for a scheme of somebody else's.
    static final class Added {}

    private static Arguments arguments() {
        return Arguments.defaults(List.of());
    }

    private Class<?> added() throws IOException, ClassNotFoundException {
        String name = Added.class.getName();
        Path file = folder.resolve(name.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (InputStream in =
                InputsTest.class
                        .getClassLoader()
                        .getResourceAsStream(name.replace('.', '/') + ".class")) {
            assertThat(in).isNotNull();
            Files.write(file, in.readAllBytes());
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            return loader.loadClass(name);
        }
    }

    @Test
    void codeThatTheClassPathAddsIsOne() throws IOException, ClassNotFoundException {
        Class<?> added = added();
        SortedMap<String, String> before = new Inputs(List.of(added)).of(arguments());
        assertThat(before).containsOnlyKeys("class " + added.getName());
        Files.writeString(folder.resolve("changed"), "since");
        assertThat(new Inputs(List.of(added)).of(arguments()))
                .containsOnlyKeys(before.firstKey())
                .isNotEqualTo(before);
        assertThat(new Inputs(List.of()).of(arguments())).isEmpty();
    }

    @Test
    void codeIsRecordedWithAStudy() throws IOException, ClassNotFoundException {
        List<Class<?>> added = List.of(added());
        Inputs now = new Inputs(added);
        assertThat(new Inputs(now.all(), added).of(arguments())).isEqualTo(now.of(arguments()));
    }

    @Test
    void studyWithoutItsCodeIsRefused() throws IOException, ClassNotFoundException {
        SortedMap<String, String> recorded = new Inputs(List.of(added())).all();
        assertThatThrownBy(() -> new Inputs(recorded, List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(Added.class.getName())
                .hasMessageContaining("NESTWALK_CLASSPATH");
    }
}
