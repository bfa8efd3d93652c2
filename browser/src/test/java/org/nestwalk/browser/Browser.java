package org.nestwalk.browser;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/// A headless Chromium, if the machine has one with its driver; tests are skipped with a reason if
/// it has none.
final class Browser implements AutoCloseable {
    private static final int WIDE = 1200;
    private static final int NARROW = 390;
    private static final int HEIGHT = 900;
    private static final int MARGIN = 16;
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private static final String AXE =
            """
            const done = arguments[arguments.length - 1];
            // What is drawn is hidden behind the name of the chart.
            const what = {include: [document], exclude: [['.chart > *']]};
            axe.run(what, {resultTypes: ['violations']}).then(result => done(result.violations
                .filter(one => one.impact === 'serious' || one.impact === 'critical')
                .map(one => one.id + ': ' + one.help + ': ' + one.nodes[0].html)));
            """;

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /// Starts it.
    static Browser start() {
        Optional<File> browser = NAMES.stream().flatMap(name -> find(name).stream()).findFirst();
        Optional<File> service = find("chromedriver");
        Assumptions.assumeTrue(
                browser.isPresent() && service.isPresent(),
                "Chromium or its driver is not installed (Debian: chromium chromium-driver)");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.orElseThrow());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--window-size=%d,%d".formatted(WIDE, HEIGHT));
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        return new Browser(
                new ChromeDriver(
                        new ChromeDriverService.Builder()
                                .usingDriverExecutable(service.orElseThrow())
                                .usingAnyFreePort()
                                .build(),
                        options));
    }

    private static Optional<File> find(String name) {
        return Stream.of(
                        Objects.requireNonNullElse(System.getenv("PATH"), "")
                                .split(File.pathSeparator, -1))
                .map(folder -> new File(folder, name))
                .filter(File::canExecute)
                .findFirst();
    }

    ChromeDriver driver() {
        return driver;
    }

    /// Opens a file from disk.
    void open(Path file) {
        driver.get(file.toAbsolutePath().toUri().toString());
    }

    /// What the page says to those who develop it, since it was opened.
    List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    /// What a script returns.
    Object run(String script) {
        return Objects.requireNonNull(driver.executeScript(script));
    }

    /// What the page is found to keep from some of its readers, by axe: serious and critical
    /// faults.
    List<?> faults() {
        driver.executeScript(axe());
        return (List<?>) Objects.requireNonNull(driver.executeAsyncScript(AXE));
    }

    private static String axe() {
        try (InputStream in = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Turns pages dark or light, as users have set it.
    void dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"))));
    }

    /// Makes the window as narrow as a phone, or wide again.
    void narrow(boolean narrow) {
        width(narrow ? NARROW : WIDE);
    }

    private void width(int width) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
    }

    /// Writes a picture of a part of the page, as a PNG.
    ///
    /// @param first selects the first element in it
    /// @param last selects the last
    void shoot(Path file, String first, String last) {
        double from = Math.max(0, edge(first, "top") - MARGIN);
        double height = edge(last, "bottom") + MARGIN - from;
        Map<String, Object> shot =
                driver.executeCdpCommand(
                        "Page.captureScreenshot",
                        Map.of(
                                "format",
                                "png",
                                "captureBeyondViewport",
                                true,
                                "clip",
                                Map.of(
                                        "x", 0, "y", from, "width", WIDE, "height", height, "scale",
                                        1)));
        try {
            Files.write(file, Base64.getDecoder().decode(String.valueOf(shot.get("data"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double edge(String selector, String side) {
        Map<?, ?> box =
                (Map<?, ?>)
                        run(
                                "return document.querySelector('"
                                        + selector
                                        + "').getBoundingClientRect().toJSON()");
        return ((Number) Objects.requireNonNull(box.get(side))).doubleValue()
                + ((Number) run("return scrollY")).doubleValue();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
