package org.nestwalk.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;

/// `docs/conformance.md` against the reader of cases.
class ConformanceDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "conformance.md");

    private static List<String> examples() throws IOException {
        Matcher fence =
                Pattern.compile("(?s)```json\n(.*?)```").matcher(Files.readString(DOCUMENT));
        assertThat(fence.find()).isTrue();
        return fence.group(1).lines().toList();
    }

    private static List<String> keysOfACase() throws IOException {
        String text = Files.readString(DOCUMENT);
        String part = text.substring(text.indexOf("## Keys of a case"));
        Matcher row =
                Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                        .matcher(part.substring(0, part.indexOf("## Keys of an access")));
        List<String> keys = new ArrayList<>();
        while (row.find()) {
            keys.add(row.group(1));
        }
        return keys;
    }

    @Test
    void examplesAgree() throws IOException {
        Conformance conformance = new Conformance(5);
        conformance.check("examples", new StringReader(String.join("\n", examples())));
        assertThat(conformance.cases()).isEqualTo(2);
        assertThat(conformance.first()).isEmpty();
    }

    @Test
    void everyKeyOfACaseIsOneThatIsRead() throws IOException {
        List<String> keys = keysOfACase();
        assertThat(keys).hasSizeGreaterThan(25);
        for (String key : keys) {
            String line = "{\"" + key + "\":{}," + examples().getFirst().substring(1);
            assertThatThrownBy(() -> new Conformance(1).check("line", new StringReader(line)))
                    .as(key)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("'" + key + "' is not a");
        }
    }

    @Test
    void flagsAndSmallNumbersOutOfRangeAreRefused() throws IOException {
        String good = examples().getFirst();
        assertRefused("{\"amd\":2," + good.substring(1), "'amd' is 0 or 1, not 2");
        assertRefused("{\"pmli\":\"10000\"," + good.substring(1), "it is from 0 to ffff");
        assertRefused("{\"eptpi\":\"10000\"," + good.substring(1), "it is from 0 to ffff");
        assertRefused("{\"maxpa\":99999999999," + good.substring(1), "which is too large");
        assertRefused("{\"maxpa\":53," + good.substring(1), "'maxpa' is from 32 to 52, not 53");
        assertRefused("{\"id\":\"cut", "not JSON at character");
    }

    private static void assertRefused(String line, String message) {
        assertThatThrownBy(() -> new Conformance(1).check("line", new StringReader(line)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
