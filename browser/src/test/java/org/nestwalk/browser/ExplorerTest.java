package org.nestwalk.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.lab.conformance.CaseFile;
import org.nestwalk.lab.conformance.Conformance;
import org.nestwalk.lab.explain.WalkExplainer;
import org.nestwalk.lab.explain.WalkParameters;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.walk.WalkListing;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/// The walk explorer: its engine answers as the one that it was compiled from does, and everybody
/// can step through a walk, by keyboard, on a phone, in light and dark.
class ExplorerTest {
    private static final String GVA = "0x7f1234567123";
    private static final String EPT = "gva=" + GVA + "&mode=ept";
    private static final int ACCESSES = 10_000;

    @TempDir private static Path folder;

    private static Browser browser;
    private static Path page;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        page = folder.resolve("explorer.html");
        Reports.write(page, "walk " + GVA + " --mode ept");
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    private static void open(String state) {
        browser.driver().get("about:blank");
        browser.driver().get(page.toUri() + "#" + state);
    }

    private static By css(String selector) {
        return By.cssSelector(selector);
    }

    private static String text(String selector) {
        return browser.driver().findElement(css(selector)).getText();
    }

    private static void press(Keys key) {
        browser.driver().switchTo().activeElement().sendKeys(key);
    }

    /// Until the page's address is that of what it shows.
    private static void settle() {
        browser.driver().executeAsyncScript("setTimeout(arguments[0], 400)");
    }

    private static Map<?, ?> ask(String field, Object value) {
        Object answer =
                browser.driver()
                        .executeScript(
                                "return JSON.parse(nestwalk(JSON.stringify({[arguments[0]]:"
                                        + " arguments[1]})))",
                                field,
                                value);
        return (Map<?, ?>) Objects.requireNonNull(answer);
    }

    /// The lines of as many cases as hold [#ACCESSES] accesses; given ones come again if there are
    /// too few.
    private static String cases() throws IOException {
        Path file = Reports.ROOT.resolve("lab/src/test/resources/conformance/cases-2k.jsonl.gz");
        try (BufferedReader in = new BufferedReader(CaseFile.open(file.toString()))) {
            List<String> lines = in.lines().toList();
            return String.join("\n", lines)
                    + "\n"
                    + lines.stream().limit(lines.size() / 2).collect(Collectors.joining("\n"));
        }
    }

    @Test
    void conformanceAccessesHaveTheAnswersOfTheJvm() throws IOException {
        open(EPT);
        String cases = cases();
        Conformance conformance = new Conformance(1);
        conformance.check("cases", new StringReader(cases));
        assertThat(conformance.accesses()).isGreaterThan(ACCESSES);
        Map<?, ?> found = (Map<?, ?>) ask("cases", cases).get("cases");
        assertThat(found.get("accesses")).isEqualTo(conformance.accesses());
        assertThat(found.get("mismatches"))
                .as(String.valueOf(found.get("first")))
                .isEqualTo(conformance.mismatches())
                .isEqualTo(0L);
    }

    @Test
    void wrongAnswerIsNoticedInThePage() throws IOException {
        open(EPT);
        String wrong = cases().replaceFirst("\"hpa\":\"[0-9a-f]+\"", "\"hpa\":\"123456789\"");
        assertThat(((Map<?, ?>) ask("cases", wrong).get("cases")).get("mismatches")).isEqualTo(1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode=ept",
                "mode=npt&guest=2M&access=write",
                "mode=native&warm=true",
                "mode=shadow&guest-levels=5",
                "mode=flat&guest=1G&machine=zen4",
                "mode=ept&warm=true&host=2M&layout=scattered&seed=7",
                "mode=ept&access=fetch&entry=second.data.1.X=0",
                "mode=npt&entry=guest.3.U=0",
                "mode=ept&machine=textbook&set=maxpa=48&entry=guest.2.RSVD=1"
            })
    void walksAreThoseOfTheJvm(String state) {
        open("gva=" + GVA);
        Map<String, List<String>> given = new LinkedHashMap<>();
        given.put("gva", List.of(GVA));
        for (String assignment : state.split("&", -1)) {
            int equals = assignment.indexOf('=');
            given.put(assignment.substring(0, equals), List.of(assignment.substring(equals + 1)));
        }
        WalkListing expected =
                WalkListing.of(
                        WalkExplainer.explain(
                                WalkParameters.question(
                                        Arguments.of(
                                                WalkParameters.spec().all(),
                                                given,
                                                name -> name))));
        Map<?, ?> view = (Map<?, ?>) ask("walk", given).get("walk");
        Map<?, ?> totals = (Map<?, ?>) view.get("totals");
        assertThat(view.get("outcome")).isEqualTo(expected.outcome());
        assertThat(totals.get("totalReferences")).isEqualTo(expected.totalReferences());
        assertThat(totals.get("totalCycles")).isEqualTo(expected.totalCycles());
        if (expected.fault() != null) {
            Map<?, ?> fault = (Map<?, ?>) Objects.requireNonNull(view.get("fault"));
            assertThat(fault.get("code")).isEqualTo(expected.fault().code());
            assertThat(fault.get("why")).isEqualTo(expected.fault().why());
        }
        assertThat(
                        ((List<?>) view.get("steps"))
                                .stream()
                                        .filter(step ->
                                                "reference".equals(((Map<?, ?>) step).get("kind")))
                                        .map(step -> ((Map<?, ?>) step).get("value")))
                .isEqualTo(expected.references().stream().map(step -> step.entry()).toList());
    }

    @Test
    void steppingThroughAllReferencesComesToTheTotalsOfTheResult() {
        open(EPT);
        for (int i = 1; i <= 24; i++) {
            press(Keys.ARROW_RIGHT);
            assertThat(text(".step .what")).startsWith("Reference " + i + ":");
            assertThat(browser.run("return document.querySelectorAll('.cell.ahead').length"))
                    .isEqualTo(24L - i);
        }
        Map<?, ?> result =
                (Map<?, ?>)
                        browser.run(
                                "return JSON.parse(document.getElementById('result').textContent)");
        assertThat(result.get("totalReferences")).isEqualTo(24L);
        assertThat(text(".cost p"))
                .startsWith(
                        "24 of 24 references, %1$,d of %1$,d cycles"
                                .formatted((Long) result.get("totalCycles")));
        press(Keys.ARROW_LEFT);
        assertThat(text(".step .what")).startsWith("Reference 23:");
        assertThat(browser.console()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11|second.guest2.4.W|W = 0, and with EPT's accessed and dirty flags on",
                "15|guest.2.P|P = 0: it is not present",
                "24|second.data.1.R|has W = 1 with R = 0"
            })
    void turnedBitShowsTheFault(int step, String bit, String why) {
        open(EPT + "&step=" + step);
        WebElement flip = browser.driver().findElement(css("[data-name='flip " + bit + "']"));
        flip.sendKeys(Keys.ENTER);
        press(Keys.END);
        assertThat(text(".outcome")).contains(why);
        settle();
        assertThat(browser.driver().getCurrentUrl()).contains("entry=" + bit);
        assertThat(browser.driver().findElements(css(".cell.fails"))).hasSize(1);
        browser.driver().findElement(css(".changes button")).sendKeys(Keys.ENTER);
        press(Keys.END);
        assertThat(text(".outcome")).contains("24: 4 to the guest's table");
    }

    @Test
    void keyboardAloneReachesAndWorksEverything() {
        open(EPT + "&step=3");
        press(Keys.END);
        assertThat(browser.run("return document.documentElement.dataset.step")).isEqualTo("24");
        press(Keys.HOME);
        press(Keys.ARROW_DOWN);
        assertThat(text(".step .what")).startsWith("Reference 1:");
        press(Keys.ARROW_DOWN);
        assertThat(text(".step .what")).startsWith("Reference 6:");
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            press(Keys.TAB);
            reached.add(
                    String.valueOf(
                            browser.run(
                                    "const at = document.activeElement; return at.dataset.name ??"
                                            + " at.name ?? (at.dataset.step ? 'cell' : '')")));
        }
        assertThat(reached)
                .contains("tour", "exercises", "compare", "play", "mode", "set", "cell")
                .anyMatch(name -> name.startsWith("flip "));
    }

    @Test
    void walksStandBesideEachOtherAndTheLinkSaysSo() {
        open(EPT + "&b.gva=" + GVA + "&b.mode=ept&b.host=2M&step=99");
        List<String> spent =
                browser.driver().findElements(css(".cost p:first-of-type")).stream()
                        .map(WebElement::getText)
                        .toList();
        assertThat(spent.get(0)).startsWith("24 of 24");
        assertThat(spent.get(1)).startsWith("19 of 19");
        browser.driver().navigate().refresh();
        assertThat(browser.driver().findElements(css(".panel"))).hasSize(2);
    }

    @Test
    void walkThatThereIsNotIsRefusedInWords() {
        open("gva=" + GVA + "&mode=native&host=2M");
        assertThat(text(".error")).contains("mode native has no second-level tree");
        assertThat(browser.driver().findElements(css(".grid"))).hasSize(1);
        open("gva=xyz");
        assertThat(text(".error")).contains("'xyz' is not a linear address");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void tourHasEightStopsAndExercisesCheckAnswers() {
        open(EPT);
        browser.driver().findElement(css("[data-name=tour]")).sendKeys(Keys.ENTER);
        for (int i = 1; i <= 8; i++) {
            assertThat(text(".card h2")).startsWith(i + " of 8");
            assertThat(text(".card")).doesNotContain("undefined", "NaN");
            press(Keys.ENTER);
        }
        assertThat(browser.driver().findElements(css(".card"))).isEmpty();
        browser.driver().findElement(css("[data-name=exercises]")).sendKeys(Keys.ENTER);
        for (String answer : List.of("35", "8", "14")) {
            WebElement field = browser.driver().findElement(css("[name=answer]"));
            field.sendKeys("99", Keys.ENTER);
            assertThat(text(".verdict")).startsWith("Not so");
            field.sendKeys(Keys.BACK_SPACE, Keys.BACK_SPACE, answer, Keys.ENTER);
            assertThat(text(".verdict")).startsWith("Right");
            browser.driver().findElement(css("[data-name='exercise next']")).click();
        }
        assertThat(browser.console()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void axeFindsNoSeriousFault(boolean dark, boolean narrow) {
        browser.dark(dark);
        browser.narrow(narrow);
        try {
            open(EPT + "&access=write&entry=second.data.1.W=0&step=99");
            assertThat(browser.faults()).isEmpty();
            open(EPT + "&warm=true&step=5");
            assertThat(browser.faults()).isEmpty();
            assertThat(browser.run("return document.documentElement.scrollWidth"))
                    .as("width of the page")
                    .isEqualTo(browser.run("return innerWidth"));
            assertThat(browser.console()).isEmpty();
        } finally {
            browser.dark(false);
            browser.narrow(false);
        }
    }

    @Test
    void steppingKeepsUpWithTheScreen() {
        open(EPT);
        double milliseconds =
                ((Number)
                                browser.run(
                                        """
                                        const times = [];
                                        for (let i = 0; i < 96; i++) {
                                          const key = i % 48 < 24 ? 'ArrowRight' : 'ArrowLeft';
                                          const from = performance.now();
                                          document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
                                          document.body.getBoundingClientRect();
                                          times.push(performance.now() - from);
                                        }
                                        return times.sort((a, b) => a - b)[9];
                                        """))
                        .doubleValue();
        // The tenth fastest, since a busy machine holds the others up: 60 steps a second.
        assertThat(milliseconds).isLessThan(16.7);
    }

    @Test
    void pageIsSmallAndNeedsNothingElse() throws IOException {
        assertThat(Files.size(page)).isLessThan(1_000_000);
        open(EPT);
        assertThat(browser.run("return performance.getEntriesByType('resource').length"))
                .isEqualTo(0L);
    }
}
