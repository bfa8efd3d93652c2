package org.nestwalk.lab.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.ProcessorModel;

class MachineReaderTest {
    private static final String MINE =
            """
            name: mine
            frequencyGHz: 2
            secondLevel: npt
            firstLevelTlbs:
              - name: L1
                serves: both
                sizes: [4K, 2M]
                entries: 64
                ways: 4
                replacement: LRU
                hitCycles: 0
            nestedTlb: {entries: 16, ways: all, replacement: LRU, source: a paper}
            nestedTlbCycles: 2
            caches:
              - name: L1D
                size: 32KiB
                ways: {value: 8, source: "assumption: usual"}
                replacement: LRU
                latencyCycles: 4
            memoryCycles: 200
            dataThroughCaches: true
            accessCycles: 1
            walkers: 2
            assistCycles: 300
            exitCycles: 3000
            """;

    @Test
    void bareValuesMakeAMachine() {
        ProcessorModel model = Machines.parse("mine.yaml", MINE).model();
        assertThat(model.translation().secondLevel())
                .isEqualTo(ProcessorModel.SecondLevelFormat.NPT);
        assertThat(model.memory().caches().getFirst().geometry().sets()).isEqualTo(64);
        assertThat(model.translation().walkCaches().guestStructureCaches()).isEmpty();
        assertThat(model.description()).isEmpty();
    }

    @Test
    void pageWalkCacheStandsInThePlaceOfTheFirstCache() {
        String with =
                MINE
                        + "pageWalkCache: {entries: 24, ways: all, replacement: LRU, nested: true,"
                        + " hitCycles: 2}\n";
        MemoryModel memory = Machines.parse("mine.yaml", with).model().memory();
        assertThat(memory.walkServer(0)).isEqualTo("PWC");
        assertThat(memory.withPageWalkCache(null).walkServer(0)).isEqualTo("L1D");
        assertThat(memory.walkServer(1)).isEqualTo("memory");
        assertThat(memory.withCaches(List.of()).pageWalkCache()).isNull();
        String flat =
                with.substring(0, with.indexOf("caches:"))
                        + with.substring(with.indexOf("memoryCycles"));
        assertThatThrownBy(() -> Machines.parse("mine.yaml", flat))
                .hasMessageContaining("pageWalkCache: there are no caches");
    }

    @Test
    void sourcesAreThoseBesideOrAroundAValue() {
        MachineFile file = Machines.parse("mine.yaml", MINE);
        assertThat(file.parameters())
                .contains(
                        new MachineFile.Parameter("caches[0].ways", "8", "assumption: usual"),
                        new MachineFile.Parameter("nestedTlb.ways", "all", "a paper"),
                        new MachineFile.Parameter("firstLevelTlbs[0].sizes", "4K, 2M", null),
                        new MachineFile.Parameter("memoryCycles", "200", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ways: 4 | ways: 5 | mine.yaml:9: firstLevelTlbs[0].ways: 5 does not divide 64"
                        + " entries",
                "ways: 4 | ways: 128 | :9: firstLevelTlbs[0].ways: 128 is not from 1 to 64",
                "entries: 64 | entries: 64KiB | :8: firstLevelTlbs[0].entries: '64KiB' is not a"
                        + " whole number",
                "entries: 64 | entries: [64] | :8: firstLevelTlbs[0].entries: expected a single"
                        + " value, found a list",
                "memoryCycles: 200 | memoryCycles: 32ms | memoryCycles: '32ms' is not a whole"
                        + " number; write a plain number of cycles",
                "size: 32KiB | size: 32ms | mine.yaml:16: caches[0].size: '32ms' is not a size in"
                        + " bytes such as",
                "size: 32KiB | size: 100 | caches[0].size: not a multiple of 64 bytes",
                "walkers: 2 | wokers: 2 | walkers: missing",
                "walkers: 2 | walkers: 2, 3 | walkers: '2, 3' is not a whole number",
                "exitCycles: 3000 | exitCycles: -1 | mine.yaml:25: exitCycles: -1 is not from 0 to"
                        + " 1000000",
                "serves: both | serves: all | 'all' is not one of DATA, INSTRUCTION, BOTH",
                "secondLevel: npt | secondLevel: sptm | mine.yaml:3: secondLevel: 'sptm' is not one"
                        + " of EPT, EPT_AD, NPT",
                "sizes: [4K, 2M] | sizes: [4K, 3M] | :7: firstLevelTlbs[0].sizes: unknown page size"
                        + " '3M'; use 4K, 2M or 1G",
                "sizes: [4K, 2M] | sizes: 4K | :7: firstLevelTlbs[0].sizes: expected a list such as"
                        + " [4K, 2M], found '4K'",
                "dataThroughCaches: true | dataThroughCaches: yes | 'yes' is neither true nor"
                        + " false",
                "name: mine | name: {a: 1} | mine.yaml:1: name: expected text, found a group of"
                        + " fields",
                "value: 8 | valu: 8 | caches[0].ways: expected a single value, found a group of"
                        + " fields",
                "value: 8 | unit: x, value: 8 | caches[0].ways.unit: unknown field",
                "name: mine | name: mine\\nsize: 3 | mine.yaml:2: size: unknown field; the fields"
                        + " here are name, description,",
                "name: mine | name: mine\\nname: mine | mine.yaml:2: ",
                "name: mine | name: 'mine | mine.yaml:",
                "walkers: 2 | walkers: 2\\nwindow: 7 | outstandingMisses: missing",
                "walkers: 2 | walkers: 2\\nwindow: 0\\noutstandingMisses: 4 | window: 0 is not from"
                        + " 1 to 4096",
                "walkers: 2 | walkers: 2\\npageWalkCache: {entries: 8, ways: 3} |"
                        + " pageWalkCache.ways: 3 does not divide 8 entries",
                "name: mine | nama: mine | name: missing"
            })
    void mistakesAreNamedWithLineAndField(String from, String to, String message) {
        assertThat(MINE).contains(from);
        String damaged = MINE.replace(from, to.replace("\\n", "\n"));
        assertThatThrownBy(() -> Machines.parse("mine.yaml", damaged))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"''", "'[]'", "'3'", "'---\n---\n'", "'# only a comment'", "'a: *b'"})
    void whatIsNoMachineIsRefused(String yaml) {
        assertThatThrownBy(() -> Machines.parse("x.yml", yaml))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("x.yml:");
    }

    @Test
    void filesAreReadByPath(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("mine.yaml");
        Files.writeString(path, MINE);
        assertThat(Machines.named(path.toString()).model().name()).isEqualTo("mine");
        assertThatThrownBy(() -> Machines.named(folder.resolve("no.yaml").toString()))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void damagedFilesAreBadInputOrMachines() throws IOException {
        byte[] preset;
        try (InputStream in = Machines.class.getResourceAsStream("skylake-sp.yaml")) {
            preset = Objects.requireNonNull(in).readAllBytes();
        }
        byte[] small = MINE.getBytes(StandardCharsets.UTF_8);
        long seed = 20_261;
        Random random = new Random(seed);
        byte[] interesting =
                "{}[]:,-&*!|>'\"%@`#? \n\t0129KMx\u0000\u007f".getBytes(StandardCharsets.UTF_8);
        int read = 0;
        for (int i = 0; i < 4_000; i++) {
            byte[] yaml = (i % 8 == 0 ? preset : small).clone();
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                int at = random.nextInt(yaml.length);
                yaml[at] =
                        random.nextInt(8) == 0
                                ? (byte) random.nextInt()
                                : interesting[random.nextInt(interesting.length)];
            }
            try {
                MachineReader.read("fuzz.yaml", yaml);
                read++;
            } catch (InputException expected) {
                assertThat(expected.getMessage()).startsWith("fuzz.yaml:");
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "seed "
                                + seed
                                + " round "
                                + i
                                + ":\n"
                                + new String(yaml, StandardCharsets.UTF_8),
                        e);
            }
        }
        assertThat(read).isPositive();
    }
}
