package org.nestwalk.lab.labs.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.BackingChoice;
import org.nestwalk.lab.vm.EncryptionOptions;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;

/// Programs in encrypted memory end with the checksum of plain execution, and walk as they do in
/// plain memory.
class EncryptedChecksumsTest {
    static Stream<Arguments> configurations() {
        return Stream.of("gups", "btree", "pointer-chase", "zipf", "graph-bfs")
                .map(name -> name + ":footprint=8MiB,accesses=6000")
                .flatMap(program ->
                        Stream.of(Protection.ENCRYPTED, Protection.OWNED)
                                .map(protection -> Arguments.of(program, protection)));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void programEndsAsOnPlainMemory(String program, Protection protection) {
        for (boolean large : List.of(false, true)) {
            for (int cpus : List.of(1, 2)) {
                VmResult plain = run(program, large, cpus, false, Protection.NONE);
                VmResult encrypted = run(program, large, cpus, false, protection);
                assertThat(encrypted.tasks()).hasSize(cpus);
                assertThat(encrypted.tasks()).allMatch(VmResult.TaskResult::isVerified);
                assertThat(encrypted.walks().walks.walks).isEqualTo(plain.walks().walks.walks);
                assertThat(encrypted.walks().walks.guestReferences)
                        .isEqualTo(plain.walks().walks.guestReferences);
            }
        }
        VmResult parallel = run(program, false, 2, true, protection);
        assertThat(parallel.tasks()).allMatch(VmResult.TaskResult::isVerified);
    }

    private static VmResult run(
            String program, boolean large, int cpus, boolean parallel, Protection protection) {
        VmOptions options =
                VmOptions.of(program, 64L << 20)
                        .withRun(how -> how.inParallel(parallel).withQuantum(512))
                        .withGuest(guest ->
                                guest.withCpus(cpus)
                                        .with(
                                                large
                                                        ? PagePolicy.TRANSPARENT_HUGE
                                                        : PagePolicy.SMALL))
                        .withHost(host ->
                                host.with(large ? BackingChoice.LARGE : BackingChoice.FIRST_TOUCH))
                        .with(new EncryptionOptions(MemoryEncryption.FREE, protection));
        return VmRun.simulated(options, machine()).run(ProgressListener.NONE);
    }

    private static ProcessorModel machine() {
        return TestMachines.of(
                SecondLevelFormat.NPT,
                TestMachines.GUEST_CACHES,
                TestMachines.GUEST_CACHES,
                new Geometry(16, 4, Replacement.LRU));
    }
}
