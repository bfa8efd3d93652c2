package org.nestwalk.lab.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.BackingChoice;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;

/// Every program and every example ends on KVM with the checksum that it has on the simulated
/// machine, which is that of plain execution.
class KvmChecksumsTest {
    private static final long ACCESSES = 200_000;

    @BeforeAll
    static void needsKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
    }

    static Stream<String> programs() throws IOException {
        try (Stream<Path> examples = Files.list(Path.of("../examples"))) {
            return Stream.concat(
                    Programs.names().stream()
                            .filter(name -> !name.startsWith("yardstick"))
                            .map(name ->
                                    "%s:footprint=%s,accesses=200k"
                                            .formatted(
                                                    name,
                                                    name.equals("xsbench") ? "32MiB" : "8MiB")),
                    examples.map(Path::toString).filter(name -> name.endsWith(".nwt")))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void programEndsAsOnTheSimulatedMachine(String program) {
        List<Long> simulated =
                VmRun.simulated(options(program, 1, false), TestMachines.plain())
                        .run(ProgressListener.NONE)
                        .tasks()
                        .stream()
                        .map(VmResult.TaskResult::checksum)
                        .toList();
        for (int cpus : List.of(1, 2)) {
            for (boolean large : List.of(false, true)) {
                VmOptions options = options(program, cpus, large);
                try (VmRun run = VmRun.onKvm(options, OptionalInt.empty())) {
                    List<VmResult.TaskResult> tasks = run.run(ProgressListener.NONE).tasks();
                    assertThat(tasks).hasSize(cpus).allMatch(VmResult.TaskResult::isVerified);
                    assertThat(tasks.getFirst().checksum()).isEqualTo(simulated.getFirst());
                }
            }
        }
    }

    private static VmOptions options(String program, int cpus, boolean large) {
        return VmOptions.of(program, 512L << 20)
                .withRun(run -> run.inParallel(cpus > 1).withLimit(ACCESSES))
                .withGuest(guest ->
                        guest.withCpus(cpus)
                                .with(large ? PagePolicy.TRANSPARENT_HUGE : PagePolicy.SMALL))
                .withHost(
                        host -> host.with(large ? BackingChoice.LARGE : BackingChoice.FIRST_TOUCH));
    }
}
