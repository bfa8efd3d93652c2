package org.nestwalk.web.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.Json;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.web.Asset;
import tools.jackson.databind.json.JsonMapper;

/// A report is one file that needs nothing else, and its result can be read back.
class ReportPageTest {
    private static final String NASTY = "</script><script>alert(1)</script><!-- & \u2028 \" '";

    private static ReportPage page(String json) {
        return new ReportPage(
                "nestwalk run",
                "What does it cost?",
                new Document().paragraph("gups on zen4 </title>"),
                json,
                "0.1");
    }

    private static String result(String text) {
        return Json.text(
                JsonFormat.RUN,
                Map.of(
                        "runs",
                        List.of(
                                Map.of(
                                        "workload",
                                        text,
                                        "manifest",
                                        Map.of(
                                                "seed",
                                                7,
                                                "parameters",
                                                List.of(
                                                        Map.of(
                                                                "path", "walkers", "value",
                                                                text)))))));
    }

    @Test
    void resultIsReadBackWhateverIsInIt() {
        String json = result(NASTY);
        String page = page(json).text();
        assertThat(ReportPage.json(page).map(JsonMapper.shared()::readTree))
                .contains(JsonMapper.shared().readTree(json));
        assertThat(page.split("<script", -1)).as("data and the bundle").hasSize(3);
        assertThat(page).contains("\\u003c/script>").doesNotContain("<script>alert");
    }

    @Test
    void scriptIsTheOnlyOneThatMayRun() {
        String script = Asset.REPORT_SCRIPT.text();
        assertThat(page(result("x")).text().replace(script, ""))
                .contains("default-src 'none'; script-src " + Asset.hash(script) + ";")
                .doesNotContain(" src=", "@import", "url(");
    }

    @Test
    void bundleDoesNotEndTheElementThatItIsIn() {
        assertThat(Asset.REPORT_SCRIPT.text()).doesNotContain("</script", "<!--");
        assertThat(Asset.REPORT_STYLE.text()).doesNotContain("</style");
    }

    @Test
    void manifestIsShown() {
        assertThat(page(result("gups")).text())
                .contains("<summary>How gups was run</summary>", ">seed</th><td>7</td>", "walkers");
    }

    @Test
    void titleTellsPagesApart() {
        assertThat(page(result("x")).text())
                .contains("<title>nestwalk run: gups on zen4 &lt;/title&gt;</title>");
    }

    @Test
    void otherTextsAreNoPages() {
        assertThat(ReportPage.json("{\"format\":\"nestwalk-run\"}")).isEmpty();
        assertThat(ReportPage.json("<script type=\"application/json\" id=\"result\">{")).isEmpty();
    }
}
