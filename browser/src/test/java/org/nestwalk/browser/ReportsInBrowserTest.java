package org.nestwalk.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.cli.Main;
import org.nestwalk.lab.labs.Experiments;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import picocli.CommandLine;

/// Reports open from disk in a browser, without a network and without errors, and anybody can read
/// them: in light and dark, on a phone, by keyboard, by screen reader.
class ReportsInBrowserTest {
    private static final long MOST_BYTES = 3_000_000;
    private static final long MOST_MILLISECONDS = 2_000;

    private static final String GUPS = "gups:footprint=4MiB,accesses=20k";

    /// What is run, by the name of its report.
    private static final Map<String, String> LINES = new LinkedHashMap<>();

    static {
        LINES.put("run", "run " + GUPS + " {examples}/xz.nwt --interval 5k --limit 20k");
        LINES.put("vm", "vm run " + GUPS + " --memory 16MiB --dirty-rate 1ms --guest-pages thp");
        LINES.put("fork", "vm fork " + GUPS + " --after 5k --children 2 --memory 16MiB");
        LINES.put(
                "snapshot", "vm snapshot " + GUPS + " --memory 16MiB --after 9k -o {folder}/a.nws");
        LINES.put("restore", "vm restore {folder}/a.nws --lazy");
        LINES.put("inspect", "vm inspect {folder}/a.nws");
        LINES.put("walk", "walk 0x7f1234567123");
        LINES.put("fault", "walk 0x7f1234567123 --entry second.data.1.W=0 --access write");
        LINES.put("doctor", "doctor");
        LINES.put("machine", "machines zen4");
        LINES.put("programs", "programs");
        LINES.put("trace", "trace info {samples}/true.lackey.gz");
        LINES.put("migration", "lab migration " + GUPS + " --memory 16MiB --map");
        LINES.put("permissions", "lab permissions");
        LINES.put("report", "report {folder}/walk.html {folder}/fault.html");
    }

    /// Commands with reports that no test opens: for minutes, of studies, or of two processes.
    /// Their documents are made of the blocks that others have, too.
    private static final Set<String> NOT_OPENED =
            Set.of("calibrate", "paper", "diff", "sweep show", "vm migrate", "vm receive");

    /// Reports of experiments that are looked at more closely, and made here if theirs did not run.
    private static final Map<String, String> CURVES =
            Map.of(
                    "lab-encryption", "lab encryption gups:footprint=64MiB,accesses=2k --attacks 1",
                    "lab-transactions", "lab transactions gups:footprint=1MiB,accesses=2k");

    @TempDir private static Path folder;

    private static Browser browser;

    @BeforeAll
    static void start() {
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    static Collection<String> names() {
        return LINES.keySet();
    }

    /// Those of all experiments, if their tests ran before.
    static List<Path> experiments() throws IOException {
        Path reports = Reports.ROOT.resolve("cli/target/reports");
        if (!Files.isDirectory(reports)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(reports)) {
            return files.sorted().toList();
        }
    }

    private static Path report(String name) {
        Path file = folder.resolve(name + ".html");
        if (!Files.exists(file)) {
            Reports.write(file, LINES.getOrDefault(name, ""));
        }
        return file;
    }

    @ParameterizedTest
    @MethodSource("names")
    void reportOpensFromDiskForEverybody(String name) throws IOException {
        assertOpens(report(name));
        assertThat(browser.faults()).as("light").isEmpty();
        browser.dark(true);
        browser.narrow(true);
        try {
            browser.open(report(name));
            assertThat(browser.faults()).as("dark and narrow").isEmpty();
            assertThat(browser.run("return document.documentElement.scrollWidth"))
                    .as("width of the page on a phone")
                    .isEqualTo(browser.run("return innerWidth"));
            assertThat(browser.console()).isEmpty();
        } finally {
            browser.dark(false);
            browser.narrow(false);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("experiments")
    void everyExperimentsReportOpensFromDisk(Path file) throws IOException {
        assertOpens(file);
        assertThat(browser.faults()).isEmpty();
    }

    @Test
    void everyCommandsReportIsOpened() {
        List<String> opened = new ArrayList<>(NOT_OPENED);
        Experiments.withCommands().forEach(one -> opened.add(Experiments.command(one.spec())));
        assertThat(reporting("", Main.commandLine()))
                .as("commands with reports")
                .hasSizeGreaterThan(LINES.size())
                .allMatch(name ->
                        opened.contains(name) || LINES.values().stream().anyMatch(starts(name)));
    }

    private static Predicate<String> starts(String name) {
        return line -> (line + " ").startsWith(name + " ");
    }

    /// The commands below one that can write reports.
    private static List<String> reporting(String name, CommandLine command) {
        List<String> found = new ArrayList<>();
        if (command.getCommandSpec().findOption("--html") != null) {
            found.add(name.strip());
        }
        command.getSubcommands()
                .forEach((sub, line) -> found.addAll(reporting(name + sub + " ", line)));
        return found;
    }

    private static void assertOpens(Path file) throws IOException {
        assertThat(Files.size(file)).isLessThan(MOST_BYTES);
        browser.open(file);
        assertThat(browser.console()).isEmpty();
        assertThat(
                        (long)
                                browser.run(
                                        "return"
                                            + " Math.round(performance.getEntriesByType('navigation')[0]"
                                            + ".loadEventEnd)"))
                .as("milliseconds to open")
                .isLessThan(MOST_MILLISECONDS);
        assertThat(browser.run("return performance.getEntriesByType('resource').length"))
                .as("what it loads from elsewhere")
                .isEqualTo(0L);
        assertThat(browser.run("return document.documentElement.dataset.drawn"))
                .as("charts drawn")
                .isEqualTo(
                        String.valueOf(
                                browser.run("return document.querySelectorAll('.chart').length")));
        assertThat(
                        browser.run(
                                "return [...document.querySelectorAll('.chart')].filter(chart =>"
                                        + " !chart.querySelector('svg path, canvas')).length"))
                .as("charts with nothing in them")
                .isEqualTo(0L);
    }

    @Test
    void tableBehindEachChartOpensByKeyboard() throws IOException {
        browser.open(report("run"));
        List<WebElement> summaries =
                browser.driver().findElements(css("figure > details > summary"));
        assertThat(summaries).hasSizeGreaterThan(5);
        List<WebElement> tables = browser.driver().findElements(css("figure table"));
        assertThat(tables).noneMatch(WebElement::isDisplayed);
        List<WebElement> reached = new ArrayList<>();
        WebElement first = browser.driver().switchTo().activeElement();
        first.sendKeys(Keys.TAB);
        for (int i = 0; i < 80 && reached.size() < summaries.size(); i++) {
            WebElement active = browser.driver().switchTo().activeElement();
            if (summaries.contains(active)) {
                active.sendKeys(Keys.ENTER);
                reached.add(active);
            }
            active.sendKeys(Keys.TAB);
        }
        assertThat(reached).containsExactlyElementsOf(summaries);
        assertThat(tables).allMatch(WebElement::isDisplayed);
    }

    @Test
    void everyChartHasANameAndSaysWhatItShows() throws IOException {
        browser.open(report("migration"));
        List<WebElement> charts = browser.driver().findElements(css(".chart"));
        assertThat(charts).hasSizeGreaterThan(5);
        for (WebElement chart : charts) {
            assertThat(chart.getAccessibleName()).isNotBlank();
            assertThat(chart.getAriaRole()).isIn("img", "image");
            assertThat(chart.getDomAttribute("tabindex")).isEqualTo("0");
        }
    }

    /// A chart of curves, the last of which is what bounds the others, or was published.
    ///
    /// @param least how much of the last one the others reach at least, where that is
    @ParameterizedTest
    @CsvSource({
        "lab-encryption, how much longer programs take, bound, 0",
        "lab-transactions, transactions aborted by the lines of one set they write, published, 1",
    })
    void curveIsDrawnWithWhatIsBesideItAndATableThatSaysTheSame(
            String report, String title, String beside, double least) throws IOException {
        Path file = Reports.ROOT.resolve("cli/target/reports/" + report + ".html");
        if (!Files.exists(file)) {
            file = folder.resolve(report + ".html");
            Reports.write(file, Objects.requireNonNull(CURVES.get(report)));
        }
        assertOpens(file);
        assertThat(browser.faults()).isEmpty();
        WebElement figure =
                browser.driver().findElements(css("figure")).stream()
                        .filter(one -> one.getText().contains(title))
                        .findFirst()
                        .orElseThrow();
        WebElement chart = figure.findElement(css(".chart"));
        assertThat(chart.getAccessibleName()).contains(title);
        assertThat(chart.findElement(css("svg")).getText()).contains(beside);
        List<?> lines = lines(figure);
        assertThat(chart.findElements(css("svg path"))).hasSizeGreaterThan(lines.size());
        figure.findElement(css("details > summary")).click();
        List<String> heads = texts(figure, "thead tr:last-child th");
        assertThat(heads).hasSameSizeAs(lines);
        for (int i = 0; i < heads.size(); i++) {
            assertThat(heads.get(i)).startsWith(name(lines.get(i)));
        }
        assertThat(figure.findElements(css("tbody tr")))
                .hasSameSizeAs(points(lines.getFirst()).keySet());
        Map<Double, Double> other = points(lines.getLast());
        for (Object line : lines.subList(0, lines.size() - 1)) {
            Map<Double, Double> made = points(line);
            assertThat(made.keySet()).containsAll(other.keySet());
            other.forEach((x, y) -> assertThat(made.get(x)).isBetween(least * y, y));
        }
        int cells = lines.size();
        assertThat(texts(figure, "tbody tr > :nth-child(" + (cells + 1) + ")"))
                .filteredOn(cell -> cell.matches(".*\\d.*"))
                .hasSize(other.size());
        assertThat(browser.console()).isEmpty();
    }

    /// The lines of a chart, as its page has them.
    private static List<?> lines(WebElement figure) {
        return (List<?>)
                Objects.requireNonNull(
                        browser.driver()
                                .executeScript(
                                        "return"
                                            + " JSON.parse(arguments[0].querySelector('script.data')"
                                            + ".textContent).lines",
                                        figure));
    }

    private static String name(Object line) {
        return String.valueOf(((Map<?, ?>) line).get("name"));
    }

    private static Map<Double, Double> points(Object line) {
        Map<Double, Double> points = new LinkedHashMap<>();
        for (Object point : (List<?>) Objects.requireNonNull(((Map<?, ?>) line).get("points"))) {
            points.put(number(point, "x"), number(point, "y"));
        }
        return points;
    }

    private static double number(Object point, String name) {
        return ((Number) Objects.requireNonNull(((Map<?, ?>) point).get(name))).doubleValue();
    }

    private static List<String> texts(WebElement within, String selector) {
        return within.findElements(css(selector)).stream().map(WebElement::getText).toList();
    }

    @Test
    void figuresInAReportAreThoseOfItsResult() throws IOException {
        browser.open(report("walk"));
        assertThat(
                        browser.run(
                                "return JSON.parse(document.getElementById('result').textContent)"
                                        + ".totalReferences"))
                .isEqualTo(24L);
        // The page of a walk is the explorer, with the report below it.
        browser.driver().findElement(css("#report > summary")).click();
        assertThat(browser.driver().findElement(css("figure.steps")).getText())
                .contains("[ 1]", "(20)", "[24]");
    }

    private static By css(String selector) {
        return By.cssSelector(selector);
    }
}
