package org.nestwalk.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/// The page of `nestwalk serve`: experiments are started from their forms, watched, cancelled and
/// opened as reports, by mouse or keyboard, in light, dark and narrow.
@Timeout(120)
class ServeInBrowserTest {
    private static final long PATIENCE_NANOSECONDS = 30_000_000_000L;
    private static final int MOST_TABS = 80;
    private static final String LONG = "gups:footprint=64MiB,accesses=2G";
    private static final String FORKED = "zipf:footprint=32MiB,accesses=40M";
    private static final String MOVED = "gups:footprint=16MiB,accesses=20G";
    private static final String CUT_SHORT = "cancelled: what there was so far";
    // It never stops by itself while pages are written.
    private static final String ENDLESS = "fixed-rounds:rounds=100000,factor=1000000,pages=0";
    private static final String SHORT = "gups:footprint=4MiB,accesses=20k";

    /// Forms with every kind of field among them.
    private static final List<String> CHECKED = List.of("run", "vm run", "lab migration");

    @TempDir private static Path folder;

    private static Browser browser;
    private static ServedPage served;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        served = new ServedPage(folder.resolve("results"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (served != null) {
            served.close();
        }
    }

    @BeforeEach
    void open() throws InterruptedException {
        open("");
    }

    private static void open(String experiment) throws InterruptedException {
        browser.driver().get("about:blank");
        browser.driver().get(served.url() + experiment);
        await(() ->
                "yes".equals(browser.run("return document.documentElement.dataset.ready ?? ''")));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOSECONDS;
        while (!holds(condition)) {
            assertThat(System.nanoTime()).as("time waited").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /// What the page takes away while it is looked at is not what was waited for.
    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (StaleElementReferenceException e) {
            return false;
        }
    }

    private static WebElement awaited(String selector) {
        await(() -> !browser.driver().findElements(By.cssSelector(selector)).isEmpty());
        return browser.driver().findElement(By.cssSelector(selector));
    }

    private static WebElement found(String selector) {
        return browser.driver().findElement(By.cssSelector(selector));
    }

    /// Goes on by the tab key to the element that the selector finds.
    private static WebElement tabTo(String selector) {
        for (int i = 0; i < MOST_TABS; i++) {
            WebElement active = browser.driver().switchTo().activeElement();
            if (browser.driver().findElements(By.cssSelector(selector)).contains(active)) {
                return active;
            }
            new Actions(browser.driver()).sendKeys(Keys.TAB).perform();
        }
        throw new AssertionError("the tab key does not come to " + selector);
    }

    private static void assumeThere(String machine) {
        Path device = Path.of("/dev/kvm");
        assumeTrue(
                machine.equals("sim") || Files.isReadable(device) && Files.isWritable(device),
                "this host has no KVM");
    }

    @Test
    void comparisonIsStartedWatchedCancelledAndOpenedByKeyboard() {
        tabTo("#field-program").sendKeys(LONG);
        tabTo("#field-setups").sendKeys(Keys.chord(Keys.CONTROL, "a"), "native:4K,nested:4K/4K");
        tabTo("button.main").sendKeys(Keys.ENTER);
        awaited(".run.RUNNING progress[value]");
        await(() -> found(".run .far").getText().contains("accesses"));
        assertThat(found(".run .line").getText())
                .isEqualTo("nestwalk run " + LONG + " --setups native:4K,nested:4K/4K");
        tabTo(".run.RUNNING button").sendKeys(Keys.ENTER);
        awaited(".run.DONE:first-child a");
        await(() -> found(".run.DONE:first-child .state").getText().contains(CUT_SHORT));
        String report = tabTo(".run.DONE:first-child a.button").getDomProperty("href");
        await(() -> found("#results").getText().contains("nestwalk run: "));
        assertThat(browser.console()).isEmpty();

        browser.driver().get(String.valueOf(report));
        assertThat(found("h1").getText()).isEqualTo("nestwalk run");
        assertThat(browser.run("return Number(document.documentElement.dataset.drawn) > 0"))
                .isEqualTo(true);
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidAtItsField() {
        found("#field-program").sendKeys(SHORT);
        found("details.more > summary").click();
        found("#field-seed").sendKeys("x");
        found("button.main").click();
        WebElement field = awaited("#field-seed[aria-invalid=true]");
        assertThat(browser.driver().switchTo().activeElement()).isEqualTo(field);
        assertThat(found("#field-seed-error").getText())
                .isEqualTo("--seed: '1x' is not a whole number of 64 bits");
        field.sendKeys(Keys.BACK_SPACE);
        assertThat(browser.driver().findElements(By.cssSelector("[aria-invalid=true]"))).isEmpty();
        found("button.main").click();
        awaited(".run.DONE");
        assertThat(browser.console()).as("only that it was refused").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim", "kvm"})
    void pagesOfAMachineAreSeenAsItRunsAndThoseWritten(String machine) throws InterruptedException {
        assumeThere(machine);
        open("#vm-run");
        found("#field-program").sendKeys(LONG);
        found("#field-on").sendKeys(machine);
        found("details.more > summary").click();
        found("#field-dirty-rate").sendKeys("1ms");
        found("button.main").click();
        awaited(".run.RUNNING canvas");
        await(() -> found(".run .legend").getText().contains("4-KiB pages"));
        assertThat(found(".run canvas").getAccessibleName()).contains("4-KiB pages");
        await(() -> found(".run .legend").getText().contains("written from "));
        await(() -> found(".run canvas").getAccessibleName().contains("written from "));
        if (machine.equals("sim")) {
            browser.dark(true);
            browser.narrow(true);
            assertThat(browser.faults()).as("dark and narrow").isEmpty();
            assertThat(browser.run("return document.documentElement.scrollWidth"))
                    .isEqualTo(browser.run("return innerWidth"));
            browser.dark(false);
            browser.narrow(false);
        }
        assertThat(browser.faults()).isEmpty();
        found(".run.RUNNING button").click();
        awaited(".run.DONE");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void familyOfGuestsIsSeenAsItRunsAndGoesWithTheRun() throws InterruptedException {
        open("#fork");
        found("#field-program").sendKeys(Keys.chord(Keys.CONTROL, "a"), FORKED);
        found("button.main").click();
        awaited(".run.RUNNING .charts svg");
        assertThat(found(".run .charts svg").getText()).contains("the parent", "child 1");
        assertThat(browser.faults()).isEmpty();
        found(".run.RUNNING button").click();
        await(() -> browser.driver().findElements(By.cssSelector(".run.RUNNING")).isEmpty());
        assertThat(browser.driver().findElements(By.cssSelector(".charts"))).isEmpty();
        assertThat(browser.console()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim", "kvm"})
    void guestIsSeenAsItMovesUntilThatIsCancelled(String machine) throws InterruptedException {
        assumeThere(machine);
        assumeTrue(
                machine.equals("sim") || Boolean.getBoolean("nestwalk.long"),
                "long: run with -Dnestwalk.long=true");
        open("#move");
        found("#field-program").sendKeys(Keys.chord(Keys.CONTROL, "a"), MOVED);
        found("#field-on").sendKeys(machine);
        found("#field-policy").sendKeys(Keys.chord(Keys.CONTROL, "a"), ENDLESS);
        // On KVM first touches take long, in which there is little to dirty.
        found("#field-after")
                .sendKeys(Keys.chord(Keys.CONTROL, "a"), machine.equals("kvm") ? "200k" : "20k");
        // One CPU may come to nothing in a round, beside a browser, and then it moves.
        found("#field-cpus").sendKeys(Keys.chord(Keys.CONTROL, "a"), "4");
        found("button.main").click();
        awaited(".run.RUNNING .charts svg");
        await(() -> found(".run .charts").getText().contains("dirtied in the last round"));
        assertThat(found(".run .charts").getText()).contains("sent", "left", "a second");
        assertThat(browser.faults()).isEmpty();
        found(".run.RUNNING button").click();
        awaited(".run.DONE:first-child a");
        await(() -> found(".run.DONE:first-child .state").getText().contains(CUT_SHORT));
        String report =
                String.valueOf(found(".run.DONE:first-child a.button").getDomProperty("href"));
        assertThat(browser.console()).isEmpty();
        browser.driver().get(report);
        assertThat(found("body").getText()).contains("The guest has not moved");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void guestIsSeenToArrive() throws InterruptedException {
        open("#move");
        found("#field-program").sendKeys(Keys.chord(Keys.CONTROL, "a"), MOVED);
        found("#field-policy").sendKeys(Keys.chord(Keys.CONTROL, "a"), "fixed-rounds:rounds=5");
        found("#field-after").sendKeys(Keys.chord(Keys.CONTROL, "a"), "20k");
        found("button.main").click();
        awaited(".run.RUNNING .charts svg");
        await(() -> found(".run.RUNNING").getText().contains("ran at the target"));
        assertThat(found(".run.RUNNING .charts").getText()).contains("sent", "left");
        found(".run.RUNNING button").click();
        awaited(".run.DONE:first-child a.button");
        browser.driver().get(String.valueOf(found(".run.DONE a.button").getDomProperty("href")));
        assertThat(found("body").getText()).contains("The guest moved in");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void everyFormIsForEverybody() throws InterruptedException {
        for (WebElement link : browser.driver().findElements(By.cssSelector("#experiments a"))) {
            link.click();
            await(() -> found("#form h2").getText().endsWith(link.getText()));
            browser.run(
                    "document.querySelectorAll('details').forEach(one => one.open = true); return"
                            + " 1");
            if (CHECKED.contains(link.getText())) {
                assertThat(browser.faults()).as(link.getText()).isEmpty();
            }
        }
        browser.dark(true);
        browser.narrow(true);
        try {
            open("#vm-run");
            assertThat(browser.faults()).as("dark and narrow").isEmpty();
            assertThat(browser.run("return document.documentElement.scrollWidth"))
                    .isEqualTo(browser.run("return innerWidth"));
            browser.dark(false);
            assertThat(browser.faults()).as("narrow").isEmpty();
        } finally {
            browser.dark(false);
            browser.narrow(false);
        }
        assertThat(browser.console()).isEmpty();
    }

    /// Links come from anywhere.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "#%zz",
                "#__proto__",
                "explorer#__proto__=1",
                "explorer#constructor=1&step=5",
                "explorer#gva=%zz&step=1e99",
                "explorer#machine=toString&b.mode=%00"
            })
    void linkThatMeansNothingOpensAPageThatWorks(String link) throws InterruptedException {
        browser.driver().get("about:blank");
        browser.driver().get(served.url() + link);
        await(() ->
                browser.driver().findElements(By.cssSelector("button")).size() > 3
                        || "yes"
                                .equals(
                                        browser.run(
                                                "return document.documentElement.dataset.ready ??"
                                                        + " ''")));
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void explorerOpens() throws InterruptedException {
        browser.driver().get(served.url() + "explorer");
        assertThat(found("h1").getText()).isNotBlank();
        assertThat(browser.console()).isEmpty();
    }
}
