package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What others build on is what `docs/api.txt` says. A class is part of it if its name stands there
/// on a line of its own; the lines below it are made anew with `-Dnestwalk.documents=rewrite`.
class PublicApiTest {
    private static final Path FILE =
            Path.of(System.getProperty("nestwalk.root", "..")).resolve("docs/api.txt");
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
        return Stream.of(fields, constructors, methods)
                .flatMap(lines -> lines)
                .map(line -> INDENT + line.replace("java.lang.", ""))
                .sorted()
                .toList();
    }

    private static List<String> lines(List<String> names) throws ClassNotFoundException {
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            lines.add(name);
            lines.addAll(signatures(Class.forName(name)));
        }
        return lines;
    }

    @Test
    void isAsTheFileSays() throws IOException, ClassNotFoundException {
        List<String> said = Files.readAllLines(FILE);
        List<String> names =
                said.stream().filter(line -> !line.startsWith(INDENT)).sorted().toList();
        List<String> now = lines(names);
        if (System.getProperty("nestwalk.documents", "").equals("rewrite")) {
            Files.write(FILE, now);
        } else {
            assertThat(now).as(ADVICE).isEqualTo(said);
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
                        INDENT + "protected int org.nestwalk.PublicApiTest$Sample.kept(String)",
                        INDENT + "public org.nestwalk.PublicApiTest$Sample()");
    }
}
