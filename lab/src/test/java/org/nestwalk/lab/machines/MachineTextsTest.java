package org.nestwalk.lab.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;

/// Files of machines as they are written, and as `docs/machines.md` describes them.
class MachineTextsTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "machines.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `([A-Za-z]+)` \\| ([^|]*) \\| ([^|]*) \\|");
    private static final Pattern BOUNDS = Pattern.compile("([\\d.,]+) to ([\\d.,]+)");

    @TempDir private Path folder = Path.of("");

    static List<String> presets() {
        return Machines.presets();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void textOfAPresetIsTheSameMachineAgain(String name) throws IOException {
        Path file = folder.resolve("copy.yaml");
        Files.writeString(file, Machines.text(name));
        MachineFile copy = Machines.named(file.toString());
        assertThat(copy.model()).isEqualTo(Machines.named(name).model());
        assertThat(copy.parameters()).isEqualTo(Machines.named(name).parameters());
        assertThat(Machines.text(file.toString())).isEqualTo(Machines.text(name));
    }

    /// A row of a table of fields: what it is a field of, its name and its bounds, if it has any.
    private record Field(String group, String name, String values) {}

    private static List<Field> documented() throws IOException {
        List<Field> fields = new ArrayList<>();
        String group = "";
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.startsWith("## ")) {
                group = line.substring(3);
            }
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                fields.add(new Field(group, row.group(1), row.group(3)));
            }
        }
        return fields;
    }

    /// A preset that has the fields of `group`.
    private static String preset(String group) {
        return Machines.text(group.equals("The page walk cache") ? "opteron-pwc" : "skylake-sp");
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "The machine,walkers: ,novel: 1",
                "A TLB,    serves: DATA,    novel: 1",
                "A paging-structure cache,  - level: 4,    novel: 1",
                "The nested TLB,nestedTlb:,  novel: 1",
                "The page walk cache,pageWalkCache:,  novel: 1",
                "A data cache,    size: 32KiB,    novel: 1"
            })
    void everyFieldThatTheReaderKnowsIsDocumentedAndNoOther(
            String group, String after, String unknown) throws IOException {
        String text = preset(group);
        int end = text.indexOf('\n', text.indexOf('\n' + after) + 1);
        assertThat(text).contains('\n' + after);
        String changed = text.substring(0, end) + '\n' + unknown + text.substring(end);
        assertThatThrownBy(() -> Machines.parse("changed.yaml", changed))
                .isInstanceOf(InputException.class)
                .satisfies(e -> {
                    String message = String.valueOf(e.getMessage());
                    String known = message.substring(message.indexOf("are ") + 4);
                    assertThat(List.of(known.split(", ", -1)))
                            .containsExactlyInAnyOrderElementsOf(
                                    documented().stream()
                                            .filter(field -> field.group().equals(group))
                                            .map(Field::name)
                                            .toList());
                });
    }

    @Test
    void boundsAreThoseOfTheReader() throws IOException {
        int checked = 0;
        for (Field field : documented()) {
            Matcher bounds = BOUNDS.matcher(field.values());
            if (!bounds.find() || field.name().equals("size")) {
                continue;
            }
            String least = bounds.group(1).replace(",", "");
            String most = bounds.group(2).replace(",", "");
            String text = withValue(field, "-1");
            String message = "from " + least + " to " + most + " (";
            if (field.name().equals("frequencyGHz")) {
                text = withValue(field, "0.0001");
            }
            String refused = text;
            assertThatThrownBy(() -> Machines.parse("bounds.yaml", refused))
                    .as("%s of %s", field.name(), field.group())
                    .hasMessageContaining(message);
            checked++;
        }
        assertThat(checked).isGreaterThanOrEqualTo(14);
    }

    /// The preset with the first field of that name, in the part of the file that it belongs to,
    /// changed.
    private static String withValue(Field field, String value) {
        String text = preset(field.group());
        String part =
                switch (field.group()) {
                    case "A TLB" -> "firstLevelTlbs:";
                    case "A paging-structure cache" -> "guestStructureCaches:";
                    case "The nested TLB" -> "nestedTlb:";
                    case "The page walk cache" -> "pageWalkCache:";
                    case "A data cache" -> "\ncaches:";
                    default -> "name:";
                };
        int from = text.indexOf(part);
        Matcher line = Pattern.compile("(?m)^( *(?:- )?" + field.name() + "): .*$").matcher(text);
        assertThat(line.find(from)).as(field.name()).isTrue();
        return text.substring(0, line.start())
                + line.group(1)
                + ": "
                + value
                + text.substring(line.end());
    }

    @Test
    void exampleOfTheDocumentIsAMachine() throws IOException {
        String document = Files.readString(DOCUMENT);
        Matcher fence = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(document);
        int examples = 0;
        while (fence.find()) {
            assertThat(Machines.parse("example.yaml", fence.group(1)).model().name()).isNotBlank();
            examples++;
        }
        assertThat(examples).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "frequencyGHz: {value: 2.5 | frequencyGHz: {value: 2d | '2d' is not a number",
                "frequencyGHz: {value: 2.5 | frequencyGHz: {value: 0x1p3 | is not a number",
                "frequencyGHz: {value: 2.5 | frequencyGHz: {value: 1000 | from 0.001 to 100 (GHz)",
                "entries: 64 | entries: 99999999999 | from 1 to 16777216 (entries)",
                "entries: 64 | entries: 6.5 | '6.5' is not a whole number",
                "hitCycles: 0 | hitCycles: 1 | a first-level TLB",
            })
    void valueThatWouldBeReadWrongIsRefused(String good, String bad, String message) {
        String text = Machines.text("skylake-sp");
        assertThat(text).contains(good);
        assertThatThrownBy(() -> Machines.parse("bad.yaml", text.replace(good, bad)))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("bad.yaml:")
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNoYamlIsSaidInItsOwnTerms() {
        assertThatThrownBy(() -> Machines.parse("bad.yaml", "name: x\n\tfoo: 1\n"))
                .hasMessageContaining("not YAML: found character '\\t(TAB)'");
        assertThatThrownBy(() -> Machines.parse("bad.yaml", "a: ["))
                .hasMessageContaining("not YAML: expected the node content");
    }

    @Test
    void fileThatIsNotTextIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, 'a'});
        assertThatThrownBy(() -> Machines.named(file.toString()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("not text in UTF-8");
    }

    @Test
    void directoryIsRefused() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("machine.yaml"));
        assertThatThrownBy(() -> Machines.named(directory.toString()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a directory");
    }
}
