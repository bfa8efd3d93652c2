package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.machines.Machines;
import tools.jackson.databind.JsonNode;

/// Runs on machines whose TLBs lack a page size or a kind of access.
class UnusualMachinesTest {
    @TempDir private Path folder = Path.of("");

    /// A thousand loads from one page, or fetches.
    private String trace(String kind) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            text.append("%s %08x,4%n".formatted(kind, 0x10000 + i * 4));
        }
        return Files.writeString(folder.resolve("page.lackey"), text).toString();
    }

    /// The yardstick's machine with TLBs for other sizes; `first` serves data, or both.
    private String machine(String sizes, String first) throws IOException {
        String text = Machines.text("yardstick").replaceAll("sizes: \\[.*]", "sizes: " + sizes);
        int l1 = text.indexOf("  - name: L1I");
        String onlyData = text.substring(0, l1) + text.substring(text.indexOf("secondLevelTlbs"));
        String file = first.equals("DATA") ? onlyData : text;
        return Files.writeString(folder.resolve("unusual.yaml"), file).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[2M, 1G] | DATA and INSTRUCTION | ' L' | native:4K | 1000 | 1000",
                "[1G] | DATA and INSTRUCTION | ' S' | nested:2M/2M | 1000 | 1000",
                "[2M, 1G] | DATA and INSTRUCTION | ' L' | native:2M | 1 | 1",
                "[4K] | DATA and INSTRUCTION | ' L' | native:2M | 1 | 1",
                "[4K, 2M, 1G] | DATA | 'I ' | native:4K | 1000 | 1",
                "[2M, 1G] | DATA | 'I ' | native:4K | 1000 | 1000",
            })
    void whatHasNoPlaceInATlbIsMissedEveryTime(
            String sizes, String first, String kind, String setup, long misses, long walks)
            throws IOException {
        JsonNode result =
                run(
                                "run",
                                trace(kind),
                                "--machine",
                                machine(sizes, first),
                                "--setups",
                                setup,
                                "--json",
                                "-")
                        .json();
        JsonNode found = result.findValue("l1DataMisses");
        long l1 = found.longValue() + result.findValue("l1InstructionMisses").longValue();
        assertThat(l1).isEqualTo(misses);
        assertThat(result.findValue("walks").longValue()).isEqualTo(walks);
    }
}
