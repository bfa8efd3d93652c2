package org.nestwalk.hypervisor.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter.Sample;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

class DirtyRateMeterTest {
    private static final long MEMORY = 64L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long SECOND = 1_000_000_000;

    private final Xoshiro256 random = new Xoshiro256(3);
    private SimulatedMachine machine = machine(SecondLevelFormat.EPT_AD);

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private static SimulatedMachine machine(SecondLevelFormat format) {
        return new SimulatedMachine(SimulatedSettings.of(Processors.of(format), 2 * MEMORY));
    }

    private VirtualMachine start(PageSize backing) {
        VirtualMachine vm = machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
        Hypervisor.start(vm, new Eager(backing));
        return vm;
    }

    private Set<Long> write(VirtualMachine vm, int stores, long pages) {
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        Set<Long> written = new HashSet<>();
        for (int i = 0; i < stores; i++) {
            long page = random.nextBelow(pages) * PAGE;
            kernel.store(page + 8 * random.nextBelow(512), random.nextLong());
            written.add(page);
        }
        return written;
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void exactRatesAreThoseOfEachPeriod(SecondLevelFormat format) {
        machine = machine(format);
        VirtualMachine vm = start(PageSize.SIZE_2M);
        try (DirtyRateMeter meter = DirtyRateMeter.exact(vm, SECOND)) {
            Set<Long> before = Set.of();
            for (int second = 1; second <= 5; second++) {
                Set<Long> written = write(vm, 400, 800);
                meter.tick(second * SECOND - 1);
                assertThat(meter.samples()).as("too early").hasSize(second - 1);
                meter.tick(second * SECOND);
                Set<Long> again = new HashSet<>(before);
                again.retainAll(written);
                assertThat(meter.samples().getLast())
                        .isEqualTo(
                                new Sample(
                                        (second - 1) * SECOND,
                                        second * SECOND,
                                        written.size(),
                                        (long) again.size(),
                                        null));
                Set<Long> told = new HashSet<>();
                Objects.requireNonNull(meter.lastWritten()).forEach(told::add);
                assertThat(told).isEqualTo(written);
                before = written;
            }
            meter.end(5 * SECOND);
            assertThat(meter.samples()).as("nothing is left").hasSize(5);
            write(vm, 1, 1);
            meter.end(5 * SECOND + SECOND / 10);
            assertThat(meter.samples().getLast().rate()).isEqualTo(10);
        }
        assertThat(vm.secondLevel().backedBytes(PageSize.SIZE_2M)).isEqualTo(MEMORY);
    }

    @Test
    void periodsThatEndLateAreAsLongAsTheyWere() {
        VirtualMachine vm = start(PageSize.SIZE_4K);
        try (DirtyRateMeter meter = DirtyRateMeter.exact(vm, SECOND)) {
            long pages = write(vm, 300, 16_000).size();
            meter.tick(3 * SECOND);
            assertThat(meter.samples().getFirst().rate()).isEqualTo(pages / 3.0);
            assertThat(meter.nextNanos()).isEqualTo(4 * SECOND);
        }
    }

    /// The error is a standard error: two thirds of estimates are nearer than one, and nearly all
    /// than three.
    @Test
    void sampledRatesAreWithinTheirError() {
        VirtualMachine vm = start(PageSize.SIZE_4K);
        int near = 0;
        int wide = 0;
        int periods = 60;
        try (DirtyRateMeter meter = DirtyRateMeter.sampled(vm, SECOND, 7)) {
            for (int second = 1; second <= periods; second++) {
                long written = write(vm, 6_000, 16_000).size();
                meter.tick(second * SECOND);
                Sample sample = meter.samples().getLast();
                double error = Objects.requireNonNull(sample.error());
                assertThat(error).isBetween(500.0, 1_100.0);
                assertThat(sample.again()).isNull();
                near += Math.abs(sample.written() - written) <= error ? 1 : 0;
                wide += Math.abs(sample.written() - written) <= 3 * error ? 1 : 0;
            }
        }
        assertThat(near).isBetween(periods / 2, periods * 9 / 10);
        assertThat(wide).isGreaterThanOrEqualTo(periods - 2);
    }

    @Test
    void sampledRatesOfTheSameSeedAreTheSame() {
        List<Sample> first = sampled();
        machine.closeAndVerify();
        machine = machine(SecondLevelFormat.EPT_AD);
        assertThat(sampled()).isEqualTo(first);
    }

    private List<Sample> sampled() {
        VirtualMachine vm = start(PageSize.SIZE_4K);
        try (DirtyRateMeter meter = DirtyRateMeter.sampled(vm, SECOND, 7)) {
            for (int i = 0; i < 2_000; i++) {
                vm.cpus().getFirst().kernel().store(i * 7L * PAGE, i + 1L);
            }
            meter.tick(SECOND);
            meter.tick(2 * SECOND);
            assertThat(meter.samples().getLast().written()).as("nothing more").isZero();
            return meter.samples();
        }
    }
}
