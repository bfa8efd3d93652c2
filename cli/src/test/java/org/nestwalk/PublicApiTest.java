package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What others build on is what `docs/api.txt` says. A class is part of it if its name stands there
/// on a line of its own; the lines below it are made anew with `-Dnestwalk.documents=rewrite`.
class PublicApiTest {
    private static final Path ROOT = Path.of(System.getProperty("nestwalk.root", ".."));
    private static final Path FILE = ROOT.resolve("docs/api.txt");
    private static final String INDENT = "    ";
    private static final String ADVICE =
            "the public API is no longer what docs/api.txt says; if that is meant, say so in"
                    + " CHANGELOG.md and make the file anew with -Dnestwalk.documents=rewrite";

    private static boolean isPromised(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static List<String> signatures(Class<?> type) {
        Stream<String> fields =
                Stream.of(type.getDeclaredFields())
                        .filter(field -> isPromised(field.getModifiers()) && !field.isSynthetic())
                        .map(Field::toGenericString);
        Stream<String> constructors =
                Stream.of(type.getDeclaredConstructors())
                        .filter(one -> isPromised(one.getModifiers()) && !one.isSynthetic())
                        .map(Constructor::toGenericString);
        Stream<String> methods =
                Stream.of(type.getDeclaredMethods())
                        .filter(method -> isPromised(method.getModifiers()))
                        .filter(method -> !method.isSynthetic() && !method.isBridge())
                        .map(Method::toGenericString);
        Stream<String> members = Stream.of(fields, constructors, methods).flatMap(lines -> lines);
        return Stream.concat(
                        Stream.of(header(type)).map(PublicApiTest::line),
                        members.map(PublicApiTest::line).sorted())
                .toList();
    }

    private static String line(String signature) {
        return INDENT + signature.replace("java.lang.", "");
    }

    /// What a type itself is: whether it can be extended, and what it can be used as.
    private static String header(Class<?> type) {
        Stream<Type> supertypes =
                Stream.concat(
                        Stream.ofNullable(type.getGenericSuperclass()),
                        Stream.of(type.getGenericInterfaces()));
        return supertypes
                .filter(one -> one != Object.class)
                .map(Type::getTypeName)
                .collect(Collectors.joining(" : ", type.toGenericString() + " : ", ""))
                .replaceFirst(" : $", "");
    }

    private static List<String> lines(List<String> names, ClassLoader loader)
            throws ClassNotFoundException {
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            lines.add(name);
            lines.addAll(signatures(Class.forName(name, false, loader)));
        }
        return lines;
    }

    private static List<String> names(List<String> said) {
        return said.stream().filter(line -> !line.startsWith(INDENT)).sorted().toList();
    }

    @Test
    void isAsTheFileSays() throws IOException, ClassNotFoundException {
        List<String> said = Files.readAllLines(FILE);
        List<String> now = lines(names(said), PublicApiTest.class.getClassLoader());
        if (System.getProperty("nestwalk.documents", "").equals("rewrite")) {
            Files.write(FILE, now);
        } else {
            assertThat(now).as(ADVICE).isEqualTo(said);
        }
    }

    /// Classes of one folder before those of the class path.
    private static final class Planted extends URLClassLoader {
        private final Path folder;

        Planted(Path folder) throws IOException {
            super(new URL[] {folder.toUri().toURL()}, PublicApiTest.class.getClassLoader());
            this.folder = folder;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!Files.exists(folder.resolve(name.replace('.', '/') + ".class"))) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }

    private static String engine() throws URISyntaxException {
        URI where =
                InputException.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        return Path.of(where).toString();
    }

    /// A source file of the API with something changed, compiled, and held against what is said.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bits/PageSize.java|public static PageSize parse|static PageSize parse|PageSize.parse(String)
                    bits/PageSize.java|public int shift()|int shift()|PageSize.shift()
                    InputException.java|extends RuntimeException|extends IllegalStateException|class org.nestwalk.InputException
                    """)
    void aBreakThatIsPlantedIsNoticed(
            String file, String before, String after, String broken, @TempDir Path folder)
            throws Exception {
        Path original = ROOT.resolve("engine/src/main/java/org/nestwalk").resolve(file);
        String text = Files.readString(original);
        assertThat(text).contains(before);
        Path source = folder.resolve(original.getFileName());
        Files.writeString(source, text.replace(before, after));
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-nowarn",
                                "-proc:none",
                                "-cp",
                                engine(),
                                "-d",
                                folder.toString(),
                                source.toString());
        assertThat(status).isZero();
        List<String> said = Files.readAllLines(FILE);
        try (Planted planted = new Planted(folder)) {
            List<String> now = lines(names(said), planted);
            List<String> changed = new ArrayList<>(said);
            changed.removeAll(now);
            assertThat(changed).singleElement().asString().contains(broken);
        }
    }

    /// A type of which something is promised, and which then promises another one.
    public static class Sample {
        /// A promise.
        protected int kept(String word) {
            return word.length();
        }

        int hidden() {
            return 0;
        }
    }

    @Test
    void aChangedOrMissingMemberIsNoticedAndAHiddenOneIsNot() {
        assertThat(signatures(Sample.class))
                .containsExactly(
                        INDENT + "public static class org.nestwalk.PublicApiTest$Sample",
                        INDENT + "protected int org.nestwalk.PublicApiTest$Sample.kept(String)",
                        INDENT + "public org.nestwalk.PublicApiTest$Sample()");
    }
}
