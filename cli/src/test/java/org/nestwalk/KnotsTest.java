package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How many files depend on each other in circles: whoever wants to understand one of them has to
/// read all of them.
class KnotsTest {
    private static final int MOST_FILES = 5;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.nestwalk.machine.simulated",
                "org.nestwalk.hypervisor",
                "org.nestwalk.guest",
                "org.nestwalk.lab",
                "org.nestwalk.cli"
            })
    void fewFilesDependOnEachOther(String root) {
        JavaClasses classes =
                new ClassFileImporter()
                        .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages(root);
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : classes) {
            Set<String> used = uses.computeIfAbsent(file(type), file -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> classes.contain(target.getName()))
                    .forEach(target -> used.add(file(target)));
        }
        assertThat(uses).isNotEmpty();
        assertThat(largestKnot(uses)).hasSizeLessThanOrEqualTo(MOST_FILES);
    }

    @Test
    void knotIsWhatReachesEachOther() {
        Map<String, Set<String>> uses =
                Map.of(
                        "above", Set.of("a"),
                        "a", Set.of("b"),
                        "b", Set.of("c", "below"),
                        "c", Set.of("a"),
                        "below", Set.of("below", "deepest"),
                        "deepest", Set.of());
        assertThat(largestKnot(uses)).containsExactlyInAnyOrder("a", "b", "c");
    }

    /// The file of a class: what is nested is in the same.
    private static String file(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer.getName();
    }

    /// The largest strongly connected component.
    private static Collection<String> largestKnot(Map<String, Set<String>> uses) {
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(file -> reached.put(file, reachedFrom(file, uses)));
        Set<String> largest = Set.of();
        for (String file : uses.keySet()) {
            Set<String> knot = new TreeSet<>(reached.get(file));
            knot.removeIf(other -> !reached.getOrDefault(other, Set.of()).contains(file));
            if (knot.size() > largest.size()) {
                largest = knot;
            }
        }
        return largest;
    }

    private static Set<String> reachedFrom(String file, Map<String, Set<String>> uses) {
        Set<String> reached = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(uses.get(file));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (reached.add(next)) {
                open.addAll(uses.get(next));
            }
        }
        return reached;
    }
}
