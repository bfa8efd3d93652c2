package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class VirtualCpuTest {
    private static final long MEMORY = 16 << 20;
    private static final long GVA = 0x80_0000_0000L;
    private static final long DATA = 4 << 20;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 64L << 20));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final VirtualCpu cpu = vm.cpus().getFirst();
    private final List<VmExit> exits = new ArrayList<>();
    private final ExitPart backing =
            (self, exit) -> {
                if (!(exit instanceof VmExit.Violation violation)) {
                    return Verdict.NOT_MINE;
                }
                exits.add(exit);
                return Verdict.resumeIf(
                        vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K));
            };

    @Test
    void unbackedPageExitsOnceWithItsAddress() {
        guestMapsLargePages();
        exits.clear();
        assertThat(store(DATA + 0x1008)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(store(DATA + 0x1010)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(exits)
                .containsExactly(
                        new VmExit.Violation(
                                DATA + 0x1008,
                                GVA + DATA + 0x1008,
                                SecondLevelMap.WRITE,
                                false,
                                false));
        assertThat(vm.memory().read(DATA + 0x1010)).isEqualTo(Checksum.value(1));
    }

    @Test
    void writeToAReadOnlyPageIsTrappedAndNotMade() {
        guestMapsLargePages();
        store(DATA);
        vm.exclusively(() ->
                vm.claim((self, exit) -> Verdict.STOP).allow(DATA, 4096, SecondLevelMap.READ));
        VmExit exit = store(DATA + 8);
        assertThat(exit).isEqualTo(new VmExit.WriteTrap(DATA + 8, GVA + DATA + 8, false));
        assertThat(cpu.position()).isZero();
        assertThat(vm.memory().read(DATA + 8)).isZero();
    }

    @Test
    void logFullExitsAtThe513thPage() {
        guestMapsLargePages();
        long[] accesses = new long[513];
        for (int i = 0; i < accesses.length; i++) {
            accesses[i] = Access.pack(Access.STORE, GVA + DATA + i * 4096L);
        }
        cpu.run(accesses, 0, accesses.length);
        DirtyPages pages = vm.trackDirty(DirtySource.LOG);
        exits.clear();
        assertThat(cpu.run(accesses, 0, accesses.length)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(exits).isEmpty();
        assertThat(cpu.account().exits(ExitReason.LOG_FULL)).isEqualTo(1);
        PageSet logged = new PageSet();
        pages.collect(logged);
        // The guest's own tables are written by the walks, and logged, too.
        assertThat(logged.count(DATA, MEMORY - DATA)).isEqualTo(513);
    }

    @Test
    void kickEndsTheNextRun() {
        guestMapsLargePages();
        cpu.kick();
        assertThat(store(DATA)).isEqualTo(new VmExit.Interrupted());
        assertThat(cpu.account().exits(ExitReason.INTERRUPT)).isEqualTo(1);
    }

    @Test
    void hypercallIsAnsweredOrUnknown() {
        vm.attach((self, exit) -> {
            if (exit instanceof VmExit.Hypercall call && call.number() == 7) {
                self.answer(call.first() + call.second());
                return Verdict.RESUME;
            }
            return Verdict.NOT_MINE;
        });
        assertThat(cpu.kernel().hypercall(7, 40, 2, 0)).isEqualTo(42);
        assertThat(cpu.kernel().hypercall(8, 40, 2, 0)).isEqualTo(KernelCpu.NO_SUCH_CALL);
    }

    @Test
    void addressBeyondGuestMemoryIsAFailure() {
        guestMapsLargePages();
        cpu.kernel().store(0x3000 + 8 * 9, MEMORY | 0x87);
        assertThat(store(9L << 21))
                .isInstanceOfSatisfying(
                        VmExit.Failure.class,
                        failure ->
                                assertThat(failure.cause())
                                        .isEqualTo(VmExit.Cause.BEYOND_GUEST_MEMORY));
    }

    @Test
    void accessThatNoHandlingHelpsIsGivenUp() {
        guestMapsLargePages();
        vm.detach(backing);
        vm.attach((self, exit) -> Verdict.RESUME);
        assertThat(store(DATA))
                .isInstanceOfSatisfying(
                        VmExit.Failure.class,
                        failure ->
                                assertThat(failure.cause()).isEqualTo(VmExit.Cause.UNHANDLED_EXIT));
    }

    @Test
    void exitsAreChargedAndObserved() {
        List<Long> observed = new ArrayList<>();
        vm.observe((self, reason, cycles) -> observed.add(cycles));
        guestMapsLargePages();
        long violations = cpu.account().exits(ExitReason.VIOLATION);
        assertThat(observed).hasSize((int) violations).allMatch(cycles -> cycles > 1500);
        assertThat(cpu.account().exitCycles(ExitReason.VIOLATION))
                .isEqualTo(observed.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void withoutContentsNothingIsLoadedOrStored() {
        SimulatedMachine hollow = new SimulatedMachine(machine.settings().withContents(false));
        VirtualMachine other =
                hollow.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
        other.attach((self, exit) ->
                Verdict.resumeIf(
                        other.secondLevel()
                                .populate(((VmExit.Violation) exit).gpa(), PageSize.SIZE_4K)));
        KernelCpu kernel = other.cpus().getFirst().kernel();
        kernel.store(0x1000 + 8, 0x2007);
        kernel.store(0x2000, 0x87);
        kernel.loadCr3(0x1000, false);
        long[] accesses = {
            Access.pack(Access.STORE, GVA + 0x5000), Access.pack(Access.LOAD, GVA + 0x5000)
        };
        VirtualCpu own = other.cpus().getFirst();
        assertThat(own.run(accesses, 0, 2)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(own.position()).isEqualTo(2);
        assertThat(own.state().checksum()).isEqualTo(Checksum.START);
        assertThat(other.memory().read(0x5000)).isZero();
        hollow.closeAndVerify();
    }

    @Test
    void nativeMachineIsAlone() {
        assertThatThrownBy(() ->
                        machine.create(new VmSettings("native", MEMORY, 1, TranslationMode.NATIVE)))
                .isInstanceOf(InputException.class);
    }

    /// Maps guest memory from [#GVA] on with 2-MiB pages, by tables in its first megabyte.
    private void guestMapsLargePages() {
        vm.attach(backing);
        KernelCpu kernel = cpu.kernel();
        kernel.store(0x1000 + 8 * (GVA >> 39), 0x2007);
        kernel.store(0x2000, 0x3007);
        for (long region = 0; region < MEMORY >> 21; region++) {
            kernel.store(0x3000 + 8 * region, region << 21 | 0x87);
        }
        kernel.loadCr3(0x1000, false);
    }

    private VmExit store(long gpa) {
        return cpu.run(new long[] {Access.pack(Access.STORE, GVA + gpa)}, 0, 1);
    }
}
