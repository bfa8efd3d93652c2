package org.nestwalk.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/// The pictures of reports in the documents, taken anew by `-Dnestwalk.documents=rewrite`.
class ScreenshotsTest {
    private static final Path IMAGES = Reports.ROOT.resolve("docs/images");
    private static final Path SERVED = IMAGES.resolve("serve.png");
    private static final long LOAD_MILLISECONDS = 2_000;
    private static final long RUN_MILLISECONDS = 12_000;
    private static final Map<String, String> FIELDS =
            Map.of(
                    "program",
                    "graph-bfs:footprint=256MiB",
                    "memory",
                    Keys.chord(Keys.CONTROL, "a") + "512MiB",
                    "guest-pages",
                    "thp",
                    "dirty-rate",
                    "20ms");
    private static final long MOST_BYTES = 200_000;

    /// A picture.
    ///
    /// @param name of its file
    /// @param line what is run
    /// @param dark whether the page is dark
    /// @param first selects what it begins with
    /// @param last selects what it ends with
    private record Shot(String name, String line, boolean dark, String first, String last) {}

    private static final String MIGRATION =
            "lab migration zipf:footprint=64MiB,accesses=1M --memory 256MiB --bandwidth 200MiB/s"
                    + " --map";

    private static final List<Shot> SHOTS =
            List.of(
                    new Shot(
                            "report-run",
                            "run btree:footprint=1GiB,accesses=600k --warmup 200k --interval 50k",
                            false,
                            "#chart-1",
                            "#chart-3"),
                    new Shot(
                            "report-vm",
                            "vm run zipf:footprint=256MiB,accesses=5M --memory 512MiB --guest-pages"
                                    + " thp --backing khugepaged --khugepaged 300 --fragmentation"
                                    + " 0.9:random",
                            true,
                            "#chart-1",
                            "#chart-2"),
                    new Shot("report-migration", MIGRATION, false, "#chart-2", "#chart-4"),
                    new Shot(
                            "report-migration-map",
                            MIGRATION,
                            false,
                            "main > h2:last-of-type",
                            "main > figure:last-of-type"));

    private static final String EXPLORER = "explorer";

    @TempDir private Path folder = Path.of("");

    @Test
    void picturesAreSmallAndShownSomewhere() throws IOException {
        String documents = Files.readString(Reports.ROOT.resolve("README.md")) + documents();
        for (String name :
                Stream.concat(Stream.of(EXPLORER, "serve"), SHOTS.stream().map(Shot::name))
                        .toList()) {
            Path image = IMAGES.resolve(name + ".png");
            assertThat(image).isRegularFile();
            assertThat(Files.size(image)).as(name).isLessThan(MOST_BYTES);
            assertThat(documents).contains("images/" + name + ".png");
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "nestwalk.documents", matches = "rewrite")
    void pictureOfTheServedPageIsTaken() throws InterruptedException {
        try (ServedPage served = new ServedPage(folder);
                Browser browser = Browser.start()) {
            browser.narrow(false);
            browser.driver().get(served.url() + "#vm-run");
            Thread.sleep(LOAD_MILLISECONDS);
            browser.driver().findElement(By.cssSelector("details.more > summary")).click();
            for (Map.Entry<String, String> field : FIELDS.entrySet()) {
                browser.driver()
                        .findElement(By.id("field-" + field.getKey()))
                        .sendKeys(field.getValue());
            }
            browser.driver().findElement(By.cssSelector("details.more > summary")).click();
            browser.driver().findElement(By.cssSelector("button.main")).click();
            Thread.sleep(RUN_MILLISECONDS);
            browser.shoot(SERVED, "header", "#run-list");
        }
    }

    private static String documents() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(Reports.ROOT.resolve("docs"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".md")).toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    @Test
    @EnabledIfSystemProperty(named = "nestwalk.documents", matches = "rewrite")
    void picturesAreTaken() {
        try (Browser browser = Browser.start()) {
            for (Shot shot : SHOTS) {
                Path report = folder.resolve(shot.name() + ".html");
                Reports.write(report, shot.line());
                browser.narrow(false);
                browser.dark(shot.dark());
                browser.open(report);
                browser.shoot(IMAGES.resolve(shot.name() + ".png"), shot.first(), shot.last());
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "nestwalk.documents", matches = "rewrite")
    void pictureOfTheExplorerIsTaken() {
        try (Browser browser = Browser.start()) {
            Path page = folder.resolve(EXPLORER + ".html");
            Reports.write(page, "walk 0x7f1234567123 --mode ept");
            browser.narrow(false);
            browser.dark(false);
            browser.driver().get(page.toUri() + "#gva=0x7f1234567123&mode=ept&step=12");
            browser.shoot(IMAGES.resolve(EXPLORER + ".png"), ".bar", ".body");
        }
    }
}
