package org.nestwalk.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;

/// Every program and every example ends with the checksum of plain execution, however it is run.
class ChecksumsTest {
    private static final long ACCESSES = 6_000;

    /// Page sizes: small on both sides, large on both, or what a fragmented host makes of it.
    enum Pages {
        SMALL,
        LARGE,
        MIXED
    }

    static Stream<Arguments> configurations() throws IOException {
        List<String> programs;
        try (Stream<Path> examples = Files.list(Path.of("../examples"))) {
            programs =
                    Stream.concat(
                                    Programs.names().stream()
                                            .filter(name -> !name.startsWith("yardstick"))
                                            .map(ChecksumsTest::small),
                                    examples.map(Path::toString)
                                            .filter(name -> name.endsWith(".nwt")))
                            .sorted()
                            .toList();
        }
        return programs.stream()
                .flatMap(program ->
                        Stream.of(TranslationMode.values())
                                .flatMap(mode ->
                                        Stream.of(Pages.values())
                                                .map(pages -> Arguments.of(program, mode, pages))));
    }

    private static String small(String name) {
        return name
                + ":footprint="
                + (name.equals("xsbench") ? "32MiB" : "8MiB")
                + ",accesses=6000";
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void programEndsAsOnPlainMemory(String program, TranslationMode mode, Pages pages) {
        for (int cpus : List.of(1, 2, 4)) {
            for (boolean parallel : List.of(false, true)) {
                VmResult result =
                        VmRun.simulated(options(program, mode, pages, cpus, parallel), machine())
                                .run(ProgressListener.NONE);
                assertThat(result.tasks()).hasSize(cpus);
                assertThat(result.tasks()).allMatch(VmResult.TaskResult::isVerified);
            }
        }
    }

    private static VmOptions options(
            String program, TranslationMode mode, Pages pages, int cpus, boolean parallel) {
        return VmOptions.of(program, 512L << 20)
                .withRun(run -> run.inParallel(parallel).withLimit(ACCESSES).withQuantum(512))
                .withGuest(guest ->
                        guest.withCpus(cpus)
                                .with(
                                        pages == Pages.SMALL
                                                ? PagePolicy.SMALL
                                                : PagePolicy.TRANSPARENT_HUGE))
                .withHost(host ->
                        host.with(mode)
                                .with(
                                        pages == Pages.SMALL
                                                ? BackingChoice.FIRST_TOUCH
                                                : BackingChoice.LARGE)
                                .with(
                                        pages == Pages.MIXED
                                                ? Fragmentation.parse("0.9:random")
                                                : Fragmentation.NONE));
    }

    private static ProcessorModel machine() {
        return TestMachines.of(
                SecondLevelFormat.EPT_AD,
                TestMachines.GUEST_CACHES,
                TestMachines.GUEST_CACHES,
                new Geometry(16, 4, Replacement.LRU));
    }
}
