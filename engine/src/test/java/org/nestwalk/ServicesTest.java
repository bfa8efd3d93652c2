package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesTest {
    /// A kind of thing.
    public interface Thing {
        /// What it is called.
        String name();
    }

    /// One of somebody else's.
    public static final class Other implements Thing {
        @Override
        public String name() {
            return "other";
        }
    }

    /// One that cannot be written.
    public static final class Odd implements Thing {
        @Override
        public String name() {
            return "Odd:one";
        }
    }

    private static final Thing OWN = () -> "own";
    private static final Thing SAME = () -> "other";

    @TempDir Path folder;

    private List<Thing> withClassPathThatNames(String text, Thing... own) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(Thing.class.getName()), text);
        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {folder.toUri().toURL()}, Thing.class.getClassLoader())) {
            return new Services<>(
                            () -> ServiceLoader.load(Thing.class, loader),
                            Thing::name,
                            List.of(own))
                    .all();
        }
    }

    @Test
    void thoseOfTheLibraryComeBeforeOthers() throws IOException {
        assertThat(withClassPathThatNames(Other.class.getName(), OWN))
                .extracting(Thing::name)
                .containsExactly("own", "other");
    }

    @Test
    void theNameOfAnotherIsRefused() {
        assertThatThrownBy(() -> withClassPathThatNames(Other.class.getName(), SAME))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(Other.class.getName(), "another one of that name");
    }

    @Test
    void aNameThatCannotBeWrittenIsRefused() {
        assertThatThrownBy(() -> withClassPathThatNames(Odd.class.getName(), OWN))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(Odd.class.getName(), "'Odd:one'", "lower-case letters");
    }

    @Test
    void aClassThatIsNotThereIsRefusedByItsName() {
        assertThatThrownBy(() -> withClassPathThatNames("example.Missing", OWN))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("example.Missing");
    }
}
