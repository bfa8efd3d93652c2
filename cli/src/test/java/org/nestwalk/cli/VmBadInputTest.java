package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.nwt.NwtHeader;
import org.nestwalk.traces.nwt.NwtWriter;

/// What cannot be run in a virtual machine is refused with one sentence.
class VmBadInputTest {
    private static final String GUPS = "gups:footprint=8MiB,accesses=10k";

    @TempDir private Path folder = Path.of("");

    private static void assertBad(String program, String options, String named) {
        List<String> line = new ArrayList<>(List.of("vm", "run", program));
        line.addAll(List.of(options.split(" ")));
        BadInputTest.assertBad(run(line.toArray(String[]::new)), named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--vcpus 0 | --vcpus: '0' is not 1 to 256",
                "--vcpus 257 | --vcpus: '257' is not 1 to 256",
                "--vcpus x | --vcpus: 'x'",
                "--memory 1 | --memory: '1' is not 16MiB to 16TiB, a multiple of 2MiB",
                "--memory 0 | --memory: '0' is not 16MiB to 16TiB, a multiple of 2MiB",
                "--memory 33MiB | --memory: '33MiB' is not 16MiB to 16TiB, a multiple of 2MiB",
                "--memory 2MiB | --memory: '2MiB' is not 16MiB to 16TiB",
                "--memory lots | --memory: 'lots' is not a size",
                "--memory 1024TiB --host-memory 1TiB | --memory: '1024TiB' is not 16MiB to 16TiB",
                "--memory 64MiB --host-memory 5MiB | --host-memory: '5MiB' is not 4MiB to 16TiB, a"
                        + " multiple of 4MiB",
                "--memory 64MiB --host-memory 32MiB --backing eager | --backing: 64MiB of guest"
                        + " memory cannot all be backed",
                "--memory 64MiB --host-memory 32MiB --backing eager-2M | use less, or first-touch",
                "--memory 64MiB --host-memory 64MiB --backing eager | the host's memory backs only",
                "--memory 64MiB --host-memory 4MiB | the host has no memory left",
                "--fragmentation 1.5:random | fragmentation '1.5:random': the degree is a number",
                "--fragmentation 0.9:what | unknown fragmentation '0.9:what'",
                "--fragmentation=-1 | unknown fragmentation '-1'",
                "--hint --mode native | --hint is for --mode nested or shadow, not for --mode"
                        + " native: there",
                "--backing 2M --mode native | --backing is for --mode nested or shadow",
                "--backing first-touch --mode native | --backing is for --mode nested or shadow",
                "--host-memory 1GiB --mode native | --host-memory is for --mode nested or shadow",
                "--khugepaged 2 --mode native | --khugepaged is for",
                "--hint | --hint: a guest with small pages only has nothing to announce",
                "--hint --backing 2M | add --guest-pages thp or --guest-khugepaged",
                "--parallel | --parallel: one virtual CPU has nothing to run beside",
                "--no-pcid --vcpus 2 | --no-pcid: there are no context switches with one program",
                "--seed 7 | --seed: changes nothing here",
                "--seed 7 --fragmentation none | no structure of machine skylake-sp replaces",
                "--limit 1k --warmup 1k | --warmup: 1k leaves nothing to count of --limit 1k",
                "--warmup x | --warmup: 'x' is not a",
                "--vcpus 1.5 | is not a whole number",
                "--mode hybrid | --mode: 'hybrid' is not one of nested, shadow, native",
                "--backing lazy | --backing: 'lazy' is not one of first-touch, 2M, eager",
                "--guest-pages 1G | --guest-pages: '1G' is not one of 4K, thp",
                "--khugepaged 2 | --khugepaged is for --backing khugepaged, not for --backing"
                        + " first-touch",
                "--backing khugepaged --khugepaged 0 | --khugepaged: '0' is not above 0, up to"
                        + " 1000000",
                "--backing khugepaged --khugepaged NaN | --khugepaged: 'NaN' is not a number",
                "--guest-khugepaged -1 | --guest-khugepaged: '-1' is not above 0",
                "--quantum 1 | --quantum: '1' is not 64 to",
                "--quantum 3G | --quantum: '3G' is not 64 to 2147483647",
                "--limit 0 | --limit: '0' is not 1 or more",
                "--machine pentium | unknown machine 'pentium'",
                "--seed x | --seed: 'x'",
                "--json /nowhere/x | --json: /nowhere/x cannot be written",
                "--threads 2 | '--threads'"
            })
    void badOptionIsNamed(String options, String named) {
        assertBad(GUPS, options, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nosuchprogram | is neither a file nor a program",
                "nowhere.nwt | no such file: nowhere.nwt",
                "- | standard input can be read once only",
                "gups:base=0x7fffffe00000,footprint=4MiB | the data would end at 0x800000200000",
                "gups:base=0xffff800000000000 | base: '0xffff800000000000' is not",
            })
    void badProgramIsNamed(String program, String named) {
        assertBad(program, "--vcpus 1", named);
        assertBad(GUPS, program, named);
    }

    @Test
    void copiesOnOtherCpusHaveToFitToo() {
        String program = "gups:base=0x7fffffc00000,footprint=2MiB,accesses=1k";
        assertThat(run("vm", "run", program, "--memory", "32MiB").status()).isZero();
        assertBad(program, "--vcpus 4", "no mapping can be from 0x800000000000");
    }

    private Path trace(Mapping... mappings) {
        Path file = folder.resolve("mapped.nwt");
        TraceBlock block = new TraceBlock();
        block.add(0x40_0000, AccessInfo.pack(Access.LOAD, 8, 0));
        try (NwtWriter writer = NwtWriter.create(file, NwtHeader.UNKNOWN)) {
            writer.write(block);
            writer.mappings(List.of(mappings));
            writer.finish();
        }
        return file;
    }

    @Test
    void overlappingMappingsOfATraceAreNamed() {
        Path file =
                trace(
                        new Mapping(0x40_0000, 0x40_3000, "/bin/true"),
                        new Mapping(0x40_2000, 0x40_4000, ""));
        assertBad(
                file.toString(),
                "--memory 32MiB",
                "the mapping of (anonymous) at 0x402000 overlaps the one before it");
    }

    @Test
    void adjoiningMappingsAreFine() {
        Path file =
                trace(
                        new Mapping(0x40_0000, 0x40_2000, "/bin/true"),
                        new Mapping(0x40_2000, 0x40_4000, ""),
                        new Mapping(0xffff_ffff_ff60_0000L, 0xffff_ffff_ff60_1000L, "[vsyscall]"));
        assertThat(run("vm", "run", file.toString(), "--memory", "32MiB").status()).isZero();
    }
}
