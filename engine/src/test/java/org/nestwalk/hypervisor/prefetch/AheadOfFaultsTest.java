package org.nestwalk.hypervisor.prefetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Policies that back more than what is touched, with no word from the guest.
class AheadOfFaultsTest {
    private static final long MEMORY = 16L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long PAGES = MEMORY / PAGE;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private long violations(BackingPolicy policy, long first, long step, long count) {
        Hypervisor _ = Hypervisor.start(vm, policy);
        for (long i = 0; i < count; i++) {
            vm.cpus().getFirst().kernel().store((first + i * step) * PAGE, i);
        }
        return vm.cpus().getFirst().account().exits(ExitReason.VIOLATION);
    }

    private long backed() {
        return vm.secondLevel().backedBytes(PageSize.SIZE_4K) / PAGE;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 512})
    void aWindowHasOneViolation(int window) {
        assertThat(violations(new FaultAround(window), 0, 1, PAGES)).isEqualTo(PAGES / window);
    }

    @Test
    void aWindowIsAlignedAndEndsWithMemory() {
        assertThat(violations(new FaultAround(16), PAGES - 3, 1, 3)).isEqualTo(1);
        assertThat(backed()).isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -16, 3, 24, 1024})
    void aWindowIsAPowerOfTwo(int pages) {
        assertThatThrownBy(() -> new FaultAround(pages))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 7, -1, -3})
    void aStrideIsFollowed(long step) {
        long first = step < 0 ? PAGES - 1 : 0;
        long count = PAGES / Math.abs(step);
        long left = violations(new StrideDetection(64), first, step, count);
        // Three faults show it; windows of 4, 8, ... pages follow, and one fault for each 65.
        assertThat(left).isLessThanOrEqualTo(3 + 5 + count / 65 + 1);
    }

    @Test
    void aStrideBacksNothingBeyondMemory() {
        assertThat(violations(new StrideDetection(64), PAGES - 4, 1, 4)).isEqualTo(3);
        assertThat(backed()).isEqualTo(4);
    }

    @Test
    void withoutAStrideNothingIsBackedAhead() {
        StrideDetection detection = new StrideDetection(64);
        Hypervisor _ = Hypervisor.start(vm, detection);
        long page = 0;
        for (int i = 1; i < 80; i++) {
            page += i;
            vm.cpus().getFirst().kernel().store(page * PAGE, i);
        }
        assertThat(detection.ahead()).isZero();
        assertThat(backed()).isEqualTo(79);
    }
}
