package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules of CONTRIBUTING that sources can be read for. A rule that some files still break names
/// them: the list may only shrink, and a file that is mended has to leave it.
class HouseRulesTest {
    private static final Path ROOT = Path.of(System.getProperty("nestwalk.root", ".."));
    private static final List<SourceFile> SOURCES = SourceFile.all(ROOT);
    private static final int MOST_LINES = 400;

    private static final Pattern QUALIFIED =
            Pattern.compile("\\b(org\\.nestwalk|java\\.[a-z]+)\\.[\\w.]*[A-Z]");
    private static final Pattern ARRAY_OF_ONE =
            Pattern.compile("(?<!final )\\b(\\w+)\\[\\] (\\w+) = new \\1\\[1\\];");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z]");
    private static final Pattern PLURAL =
            Pattern.compile(
                    "%(\\d\\$)?,?d (?!is\\b|has\\b|was\\b|counts only\\b)[a-zA-Z-]+s\\b(?!\\{)");
    private static final Pattern DECLARED = Pattern.compile("\\bnames = (\\{[^}]*\\}|[^,)]*)");
    private static final Pattern NAMED = Pattern.compile("\"([^\"]*)\"|\\b([A-Z_]+)\\b");
    private static final Pattern TO_DO = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w.])/(work|root|Users|mnt)/|(?<![\\w.])/home/(?!me/)");

    // Have their own command line, or speak of another program's.
    private static final Set<String> OTHER_OPTIONS =
            Set.of(
                    "traces/src/main/java/org/nestwalk/traces/format/LackeyReader.java",
                    "traces/src/main/java/org/nestwalk/traces/record/LackeyLauncher.java");

    private static Set<String> breaking(Predicate<SourceFile> rule) {
        return SOURCES.stream()
                .filter(rule)
                .map(SourceFile::path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void noFileIsLongerThanFourHundredLines() {
        assertThat(breaking(file -> file.text().lines().count() > MOST_LINES)).isEmpty();
    }

    /// An option has one meaning, one help and one check, whatever commands have it.
    @Test
    void optionIsDeclaredOnce() {
        List<String> declared =
                SOURCES.stream()
                        .filter(file -> file.path().startsWith("cli/src/main"))
                        .flatMap(file -> options(file.text()))
                        .toList();
        assertThat(declared).contains("--json", "--csv", "--limit").doesNotHaveDuplicates();
    }

    /// The names in the declarations of options, written there or in constants of the same file.
    private static Stream<String> options(String source) {
        return DECLARED.matcher(source)
                .results()
                .flatMap(names -> NAMED.matcher(names.group(1)).results())
                .map(name ->
                        name.group(1) == null ? constant(source, name.group(2)) : name.group(1));
    }

    private static String constant(String source, String name) {
        Matcher value = Pattern.compile("\\b" + name + " = \"([^\"]*)\"").matcher(source);
        assertThat(value.find()).as("the value of " + name).isTrue();
        return value.group(1);
    }

    @Test
    void codeImportsWhatItNames() {
        assertThat(breaking(file -> QUALIFIED.matcher(file.body()).find())).isEmpty();
    }

    @Test
    void lambdasReturnNothingByArraysOfOne() {
        assertThat(breaking(file -> file.isMain() && returnsByArray(file.code()))).isEmpty();
    }

    /// Whether an array of one is made whose element is set, not one that is handed over as a
    /// buffer.
    private static boolean returnsByArray(String code) {
        return ARRAY_OF_ONE
                .matcher(code)
                .results()
                .anyMatch(made ->
                        Pattern.compile("\\b" + made.group(2) + "\\[0\\] *([-+|]?=[^=]|\\+\\+)")
                                .matcher(code)
                                .find());
    }

    @Test
    void onlyTheCommandLineNamesItsOptions() {
        assertThat(
                        breaking(file ->
                                file.isMain()
                                        && !Set.of("cli", "bench").contains(file.module())
                                        && !OTHER_OPTIONS.contains(file.path())
                                        && file.strings().stream()
                                                .anyMatch(text -> OPTION.matcher(text).find())))
                .isEmpty();
    }

    /// `1 walks` is wrong: a count's noun is `walk{s}` of `Figures.format`, or `Quantities.counted`
    /// makes it.
    @Test
    void nounsFollowTheirCounts() {
        assertThat(
                        breaking(file ->
                                file.path().matches("(report|cli|lab)/src/main/.*")
                                        && !file.path().contains("/lab/vm/")
                                        && file.text().contains("document.Figures")
                                        && file.strings().stream()
                                                .anyMatch(text -> PLURAL.matcher(text).find())))
                .isEmpty();
    }

    @Test
    void nothingIsLeftToDoInASource() {
        assertThat(
                        breaking(file ->
                                !file.path().endsWith("/HouseRulesTest.java")
                                        && TO_DO.matcher(file.text()).find()))
                .isEmpty();
    }

    @Test
    void noSourceNamesAPathOfOneMachine() {
        assertThat(
                        breaking(file ->
                                !file.path().endsWith("/HouseRulesTest.java")
                                        && MACHINE_PATH.matcher(file.text()).find()))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Set<String> described =
                SOURCES.stream()
                        .filter(file -> file.path().endsWith("/package-info.java"))
                        .filter(file -> file.text().matches("(?s)/// .*\\.\\n.*"))
                        .map(HouseRulesTest::folder)
                        .collect(Collectors.toSet());
        assertThat(
                        breaking(file ->
                                file.isMain()
                                        && !file.path().endsWith("/module-info.java")
                                        && !described.contains(folder(file))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ProgramDefinition DEFINITION =, guest/program/Programs.java",
        "implements Experiment<, lab/labs/Experiments.java"
    })
    void everyKindThatIsDeclaredIsRegistered(String declaration, String registry) {
        String registered =
                SOURCES.stream()
                        .filter(file -> file.path().endsWith(registry))
                        .map(SourceFile::code)
                        .collect(Collectors.joining());
        assertThat(
                        breaking(file ->
                                file.isMain()
                                        && file.code().contains(declaration)
                                        && !registered.contains(name(file))))
                .isEmpty();
    }

    private static String name(SourceFile file) {
        return file.path().replaceAll(".*/|\\.java", "");
    }

    private static String folder(SourceFile file) {
        return file.path().substring(0, file.path().lastIndexOf('/'));
    }

    @Test
    void rulesSeeWhatBreaksThem() {
        SourceFile file =
                SourceFile.of(
                        "lab/src/main/java/org/nestwalk/lab/A.java",
                        """
                        package org.nestwalk.lab;
                        /// See "--not" and [java.util.List].
                        class A {
                            char quote = '"';
                            String s = "use --on \\" sim"; // java.util.List
                            java.util.List<String> list;
                            int one() {
                                int[] made = new int[1];
                                run(() -> made[0] = 1);
                                return made[0];
                            }
                        }
                        """);
        assertThat(file.strings()).containsExactly("use --on \\\" sim");
        assertThat(QUALIFIED.matcher(file.body()).results().count()).isOne();
        assertThat(returnsByArray(file.code())).isTrue();
        assertThat(returnsByArray(file.code().replace("made[0] = 1", "read(made)"))).isFalse();
    }
}
