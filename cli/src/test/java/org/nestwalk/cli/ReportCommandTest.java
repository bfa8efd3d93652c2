package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.web.html.ReportPage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every command writes its result as a report, and saved results are compared.
class ReportCommandTest {
    private static final String RUN = "run gups:footprint=64KiB,accesses=1k --setups native:4K";

    @TempDir private Path folder = Path.of("");

    private Nestwalk.Result command(String line) {
        return run(line.replace("{folder}", folder.toString()).split(" "));
    }

    private void assertWrites(String line) {
        assertThat(command(line).status()).as(line).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                RUN,
                "vm run gups:footprint=64KiB,accesses=1k --memory 16MiB",
                "vm fork gups:footprint=64KiB,accesses=1k --after 500 --children 1 --memory 16MiB",
                "vm snapshot gups:footprint=64KiB,accesses=1k --memory 16MiB --after 500 -o"
                        + " {folder}/s",
                "walk 0x7f1234567123",
                "doctor",
                "machines zen4",
                "programs",
                "trace info {lackey}",
                "lab permissions"
            })
    void everyCommandWritesItsResultAsAReport(String line) throws IOException {
        assertWrites(
                line.replace("{lackey}", Nestwalk.LACKEY)
                        + " --html {folder}/a.html --json {folder}/a.json");
        String html = Files.readString(folder.resolve("a.html"));
        assertThat(ReportPage.json(html).map(JsonMapper.shared()::readTree))
                .contains(JsonMapper.shared().readTree(folder.resolve("a.json")));
    }

    @Test
    void sameArgumentsGiveTheSameReport() throws IOException {
        assertWrites(RUN + " --html {folder}/a.html");
        assertWrites(RUN + " --html {folder}/b.html");
        assertThat(folder.resolve("a.html")).hasSameTextualContentAs(folder.resolve("b.html"));
    }

    @Test
    void reportCanGoToStandardOutput() {
        assertThat(command(RUN + " --html -").out()).startsWith("<!doctype html>");
    }

    @Test
    void intervalsAreDrawn() throws IOException {
        assertWrites(RUN + " --interval 250 --html {folder}/a.html");
        assertThat(folder.resolve("a.html")).content().contains("translation over the run");
        assertWrites(RUN + " --html {folder}/a.html");
        assertThat(folder.resolve("a.html")).content().doesNotContain("translation over the run");
    }

    @Test
    void mapsAreDrawn() throws IOException {
        assertWrites(RUN + " --map --html {folder}/a.html");
        assertThat(folder.resolve("a.html"))
                .content()
                .contains("where accesses go", "misses under native:4K");
        JsonNode map = command(RUN + " --map --json -").onlyRun().get("footprint");
        long accesses = 0;
        for (JsonNode range : map.get("accesses")) {
            for (JsonNode count : range) {
                accesses += count.asLong();
            }
        }
        assertThat(accesses).isEqualTo(1_000);
        assertThat(map.get("ranges").size()).isEqualTo(map.get("accesses").size());
    }

    @Test
    void resultsAndReportsAreCompared() {
        assertWrites(RUN + " --json {folder}/a.json");
        assertWrites(RUN.replace("accesses=1k", "accesses=2k") + " --html {folder}/b.html");
        Nestwalk.Result result = command("report {folder}/a.json {folder}/b.html");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("How they were run differs", "a.json", "b.html")
                .containsPattern("accesses +1,000 +2,000 +\\+100 %");
        JsonNode json = command("report {folder}/a.json {folder}/b.html --json -").json();
        assertThat(json.get("figures").get(0).get("changes").get(0).asDouble()).isEqualTo(1);
        assertThat(command("report {folder}/a.json {folder}/b.html --csv -").out())
                .contains("of,figure,a.json,b.html,change\r\n", ",accesses,1000,2000,1.0\r\n");
    }

    @Test
    void filesOfTheSameNameAreToldApart() throws IOException {
        assertWrites(RUN + " --json {folder}/a.json");
        Files.createDirectory(folder.resolve("other"));
        Files.copy(folder.resolve("a.json"), folder.resolve("other/a.json"));
        assertThat(names("report {folder}/a.json {folder}/other/a.json"))
                .containsExactly(folder + "/a.json", folder + "/other/a.json");
        assertThat(names("report {folder}/a.json {folder}/a.json"))
                .containsExactly(folder + "/a.json", folder + "/a.json (2)");
    }

    private List<String> names(String line) {
        return command(line + " --json -")
                .json()
                .get("results")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "report {folder}/a.json | name another one of the same kind beside",
                "report {folder}/a.json {folder}/no.json | no such file: ",
                "report {folder}/a.json {folder} | directory",
                "report {folder}/a.json {folder}/bad | bad is not a result of Nestwalk: it is no"
                        + " JSON",
                "report {folder}/a.json {folder}/binary | text in UTF-8",
                "report {folder}/a.json {folder}/w.json | w.json one of walk",
                "report {folder}/a.json {folder}/a.json --html {folder}/a.json | --html: ",
                "walk 0x1000 --html {folder}/x --json {folder}/x | --json and --html both name",
                "walk 0x1000 --html - --csv - | --html and --csv both name -",
                "machines zen4 --yaml --html {folder}/x | without --json and --html"
            })
    void badInputIsRefused(String line, String message) throws IOException {
        assertWrites(RUN + " --json {folder}/a.json");
        assertWrites("walk 0x1000 --json {folder}/w.json");
        Files.writeString(folder.resolve("bad"), "<p>no result</p>");
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        Nestwalk.Result result = command(line);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("nestwalk: ").contains(message);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(folder.resolve("x")).doesNotExist();
        assertThat(folder.resolve("a.json")).content().contains("manifest");
    }
}
