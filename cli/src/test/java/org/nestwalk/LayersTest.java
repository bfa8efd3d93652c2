package org.nestwalk;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.traces.Conversion;
import org.nestwalk.traces.Traces;
import org.nestwalk.traces.record.Recorder;

/// What may depend on what: arrows point upward only.
class LayersTest {
    private static final Path ROOT = Path.of(System.getProperty("nestwalk.root", ".."));
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("org.nestwalk");

    /// A layer of packages, with the layers it may use.
    record Layer(String name, List<String> uses) {
        static Layer of(String name, String... uses) {
            return new Layer(name, List.of(uses));
        }

        private static String packages(String name) {
            return name.equals("root") ? "org.nestwalk" : "org.nestwalk." + name + "..";
        }

        String packages() {
            return packages(name);
        }

        String[] allowed() {
            return Stream.concat(Stream.of(name), uses.stream())
                    .map(Layer::packages)
                    .toArray(String[]::new);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Layer> ENGINE =
            List.of(
                    Layer.of("root"),
                    Layer.of("parameter", "root"),
                    Layer.of("bits", "root"),
                    Layer.of("random", "root"),
                    Layer.of("memory", "root", "bits", "random"),
                    Layer.of("paging", "root", "bits", "memory"),
                    Layer.of("mmu", "root", "bits", "random", "memory", "paging"),
                    Layer.of("iommu", "root", "bits", "memory", "paging", "mmu"),
                    Layer.of(
                            "machine", "root", "bits", "random", "memory", "paging", "mmu",
                            "iommu"),
                    Layer.of("storage", "root", "random"),
                    Layer.of(
                            "hypervisor",
                            "root",
                            "bits",
                            "random",
                            "memory",
                            "storage",
                            "paging",
                            "iommu",
                            "machine"),
                    Layer.of("guest.program", "root", "parameter", "bits", "random", "guest"),
                    Layer.of(
                            "guest",
                            "root",
                            "parameter",
                            "bits",
                            "random",
                            "memory",
                            "storage",
                            "paging",
                            "machine"));
    private static final Layer DOCUMENT = Layer.of("document");
    private static final Layer WEB = Layer.of("web", "document");
    private static final Layer TRACES = Layer.of("traces", "root", "bits");
    private static final Layer KVM =
            Layer.of(
                    "kvm", "root", "random", "bits", "memory", "storage", "paging", "mmu",
                    "machine");
    private static final Layer LAB =
            Layer.of(
                    "lab",
                    "root",
                    "parameter",
                    "document",
                    "bits",
                    "random",
                    "memory",
                    "storage",
                    "paging",
                    "mmu",
                    "iommu",
                    "machine",
                    "guest",
                    "hypervisor",
                    "traces",
                    "kvm");
    private static final Layer REPORT =
            Layer.of(
                    "report",
                    "root",
                    "parameter",
                    "document",
                    "bits",
                    "random",
                    "memory",
                    "paging",
                    "mmu",
                    "machine",
                    "guest",
                    "hypervisor",
                    "kvm",
                    "lab");
    private static final Layer EXPLORER =
            Layer.of("explorer", "root", "parameter", "document", "bits", "lab", "web");
    private static final Layer SERVE =
            Layer.of(
                    "serve",
                    "root",
                    "parameter",
                    "document",
                    "bits",
                    "machine",
                    "guest",
                    "traces",
                    "lab",
                    "report",
                    "explorer",
                    "web");
    private static final Layer CLI =
            Layer.of(
                    "cli",
                    "root",
                    "parameter",
                    "document",
                    "bits",
                    "random",
                    "memory",
                    "paging",
                    "mmu",
                    "machine",
                    "guest",
                    "hypervisor",
                    "traces",
                    "kvm",
                    "lab",
                    "report",
                    "explorer",
                    "serve",
                    "web");

    private static final String[] ENGINE_PACKAGES =
            ENGINE.stream().map(Layer::packages).toArray(String[]::new);

    static Stream<Layer> layers() {
        return Stream.concat(
                ENGINE.stream(),
                Stream.of(DOCUMENT, WEB, TRACES, KVM, LAB, REPORT, EXPLORER, SERVE, CLI));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layerUsesOnlyThoseBelowIt(Layer layer) {
        noClasses()
                .that()
                .resideInAPackage(layer.packages())
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.nestwalk..")
                                .and(not(resideInAnyPackage(layer.allowed()))))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void programsOfGuestsKnowNoMachine() {
        noClasses()
                .that()
                .resideInAPackage("org.nestwalk.guest.program..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.nestwalk..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "org.nestwalk",
                                                        "org.nestwalk.parameter..",
                                                        "org.nestwalk.bits..",
                                                        "org.nestwalk.random..",
                                                        "org.nestwalk.guest",
                                                        "org.nestwalk.guest.program.."))))
                .check(CLASSES);
    }

    @Test
    void guestsAndHypervisorsKnowMachinesByTheSeamOnly() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.nestwalk.machine", "org.nestwalk.guest..", "org.nestwalk.hypervisor..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.nestwalk.machine.simulated..")
                .check(CLASSES);
    }

    @Test
    void nativeCodeIsCalledFromOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.nestwalk.kvm.sys")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(CLASSES);
    }

    @Test
    void everyClassIsInALayer() {
        classes()
                .should()
                .resideInAnyPackage(layers().map(Layer::packages).toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("org.nestwalk.(**)")
                .should()
                .beFreeOfCycles()
                // The doors to all formats stand in the package that the formats build on.
                .ignoreDependency(type(Traces.class), alwaysTrue())
                .ignoreDependency(type(Conversion.class), alwaysTrue())
                .check(CLASSES);
    }

    @Test
    void engineNeedsTheJdkOnly() {
        classes()
                .that()
                .resideInAnyPackage(ENGINE_PACKAGES)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.nestwalk..", "java..", "javax.crypto..", "org.jspecify.annotations")
                .check(CLASSES);
    }

    @Test
    void engineDoesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE_PACKAGES)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.io..", "java.nio.file..", "java.net..")
                                .and(not(type(UncheckedIOException.class))))
                .check(CLASSES);
    }

    /// On the class path nobody asks what a module exports; on the module path users would fail.
    /// What signatures of exported packages name is held by the compiler.
    @ParameterizedTest
    @ValueSource(strings = {"engine", "traces", "kvm"})
    void moduleExportsWhatOthersUseOrArePromised(String module) throws IOException {
        Path sources = ROOT.resolve(module).resolve("src/main/java");
        Stream<String> promised =
                Files.readAllLines(ROOT.resolve("docs/api.txt")).stream()
                        .filter(line -> !line.startsWith(" ") && isIn(sources, line))
                        .map(name -> name.substring(0, name.lastIndexOf('.')));
        Stream<String> used =
                CLASSES.stream()
                        .filter(type -> !isIn(sources, type.getName()))
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .map(Dependency::getTargetClass)
                        .filter(type -> isIn(sources, type.getName()))
                        .map(JavaClass::getPackageName);
        Pattern export = Pattern.compile("exports (.*);");
        assertThat(
                        Files.readAllLines(sources.resolve("module-info.java")).stream()
                                .map(String::strip)
                                .map(export::matcher)
                                .filter(Matcher::matches)
                                .map(line -> line.group(1))
                                .toList())
                .isSorted()
                .containsAll(Stream.concat(promised, used).toList());
    }

    private static boolean isIn(Path sources, String type) {
        String outermost = type.split("\\$", 2)[0];
        return Files.exists(sources.resolve(outermost.replace('.', '/') + ".java"));
    }

    @Test
    void onlyTheCommandLineUsesPicocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CLI.packages())
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CLI.packages())
                // Its hook runs as the virtual machine ends, when nobody is left to be told.
                .and()
                .doNotBelongToAnyOf(Recorder.class)
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }
}
