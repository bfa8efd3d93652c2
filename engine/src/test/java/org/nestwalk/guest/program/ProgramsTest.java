package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.StepSource;
import org.nestwalk.parameter.Parameter;

class ProgramsTest {
    static List<String> names() {
        return Programs.names();
    }

    static List<String> sized() {
        return names().stream().filter(name -> !name.startsWith("yardstick-")).toList();
    }

    static List<String> random() {
        return sized().stream()
                .filter(name -> !name.equals("sequential") && !name.equals("stream"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void addressesLieInTheFootprintAndAreAligned(String name) {
        for (Program program :
                List.of(
                        with(name, "accesses=200k,footprint=16MiB"),
                        with(name, "accesses=200k,footprint=18000000"),
                        with(name, "accesses=200k,footprint=1TiB"),
                        with(name, "accesses=200k,footprint=64TiB"))) {
            long end = program.base() + program.footprint();
            assertThat(end).isLessThanOrEqualTo(1L << 47);
            for (long access : Streams.read(program)) {
                long address = Access.address(access);
                if (address < program.base() || address > end - 4 || address % 4 != 0) {
                    fail("%s: address %x", program.spec(), address);
                }
                if (Access.isFetch(access)) {
                    fail("%s: a fetch", program.spec());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sized")
    void mostOfTheFootprintIsUsed(String name) {
        Program program = with(name, "accesses=1200k,footprint=16MiB");
        long last = 0;
        for (long access : Streams.read(program)) {
            last = Math.max(last, Access.address(access) - program.base());
        }
        assertThat(last).isGreaterThan(program.footprint() * 5 / 10);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyStreamOfAProgramIsTheSameWhateverTheBlocks(String name) {
        Program program = with(name, "accesses=100k,footprint=32MiB");
        long[] first = Streams.read(program);
        assertThat(Streams.read(program, 7)).isEqualTo(first);
        assertThat(Streams.read(program, 1)).isEqualTo(first);
        assertThat(Streams.read(program, 4096)).isEqualTo(first);
        assertThat(Streams.read(ProgramSpec.parse(program.spec()))).isEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("random")
    void seedsGiveDifferentStreams(String name) {
        long[] one = Streams.read(with(name, "accesses=10k,footprint=32MiB,seed=1"));
        long[] two = Streams.read(with(name, "accesses=10k,footprint=32MiB,seed=-2"));
        assertThat(Arrays.equals(one, two)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("names")
    void noAllocationPerAccess(String name) {
        Program program = with(name, "accesses=100M,footprint=1TiB");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StepSource source = program.steps();
        long[] block = new long[1024];
        source.next(block);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 200; i++) {
            source.next(block);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes for 204,800 accesses").isLessThan(4096);
    }

    @Test
    void everyProgramDescribesItself() {
        for (Program program : Programs.all()) {
            assertThat(program.description()).isNotBlank();
            assertThat(program.source()).isNotBlank();
            for (Parameter parameter : program.parameters()) {
                assertThat(parameter.meaning()).isNotBlank();
                assertThat(parameter.bounds()).isNotBlank();
                String usual = parameter.defaults().getFirst();
                assertThat(parameter.domain().canonical(usual, "default")).isEqualTo(usual);
            }
        }
    }

    /// The program with those of the settings that it knows.
    private static Program with(String name, String settings) {
        Program defaults = ProgramSpec.parse(name);
        List<String> known =
                Arrays.stream(settings.split(","))
                        .filter(setting ->
                                defaults.parameters().stream()
                                        .anyMatch(p -> setting.startsWith(p.name() + "=")))
                        .toList();
        return ProgramSpec.parse(name + ":" + String.join(",", known));
    }
}
