package org.nestwalk.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.explain.WalkParameters;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.parameter.Arguments;

class ExplorerPageTest {
    private static final int MOST_PACKED_BYTES = 600_000;

    @Test
    void pageIsOneSmallFileThatNamesItsOnlyScriptAndNoHost() throws IOException {
        String page = ExplorerPage.html();
        assertThat(page)
                .contains("content=\"" + ExplorerPage.policy() + "\"")
                .doesNotContain("src=\"", "@SCRIPT@", "@DATA@", "@STYLE@", "@REPORT@");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(page.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(packed.size()).isLessThan(MOST_PACKED_BYTES);
    }

    @Test
    void pageHasEveryMachineAndTheSwitchesOfTheCommand() {
        String page = ExplorerPage.html();
        for (String machine : Machines.presets()) {
            assertThat(page).contains("\"" + machine + "\":{");
        }
        assertThat(page).contains("\"words\":[\"nested\",\"native\",\"ept\",\"npt\"");
    }

    /// The page shows the first where the walk names none.
    @Test
    void machineOfWalksThatNameNoneComesFirst() {
        String page = ExplorerPage.html();
        String usual =
                Arguments.of(WalkParameters.spec().all(), Map.of("gva", List.of("1")), name -> name)
                        .text("machine");
        String machines = "\"machines\":{\"";
        assertThat(page.substring(page.indexOf(machines) + machines.length())).startsWith(usual);
    }

    @Test
    void textsOfAWalkEndNoElement() {
        Arguments walk =
                Arguments.of(
                        WalkParameters.spec().all(),
                        Map.of("gva", List.of("1"), "set", List.of("</script><b>")),
                        name -> name);
        assertThat(ExplorerPage.html(walk, null)).doesNotContain("</script><b>");
    }

    @Test
    void samePageIsMadeAgain() {
        assertThat(ExplorerPage.html()).isEqualTo(ExplorerPage.html());
    }
}
