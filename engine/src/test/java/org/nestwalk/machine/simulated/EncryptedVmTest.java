package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A guest whose tables, in its first 2 MiB, map 2-MiB pages one to one at [#GVA].
class EncryptedVmTest {
    private static final long MEMORY = 8 << 20;
    private static final long HOST = 32L << 20;
    private static final long LARGE = 2 << 20;
    private static final long GVA = 0x80_0000_0000L;
    private static final long PAGE = 4096;

    private static SimulatedMachine machine(MemoryEncryption encryption) {
        return new SimulatedMachine(
                SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), HOST).with(encryption));
    }

    private static VirtualMachine vm(
            SimulatedMachine machine, Protection protection, PageSize backing) {
        VirtualMachine vm =
                machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED, protection));
        Hypervisor.start(vm, new FirstTouch(backing));
        return vm;
    }

    /// @param sharedRegion a 2-MiB page without the encryption bit, or -1
    private static void makeTables(VirtualMachine vm, long sharedRegion) {
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        kernel.validate(0, MEMORY);
        kernel.zero(0x1000, 3 * PAGE);
        kernel.store(0x1000 + 8, 0x2000 | 7);
        kernel.store(0x2000, 0x3000 | 7);
        for (long region = 1; region < MEMORY / LARGE; region++) {
            long bit = region == sharedRegion ? 0 : kernel.encryptionBit();
            kernel.store(0x3000 + 8 * region, region * LARGE | 0x87 | bit);
        }
        kernel.loadCr3(0x1000, false);
    }

    private static VmExit store(VirtualMachine vm, long gpa) {
        return vm.cpus().getFirst().run(new long[] {Access.pack(Access.STORE, GVA + gpa)}, 0, 1);
    }

    private static long load(VirtualMachine vm, long gpa) {
        VirtualCpu cpu = vm.cpus().getFirst();
        cpu.setProgram(0, 0);
        assertThat(cpu.run(new long[] {Access.pack(Access.LOAD, GVA + gpa)}, 0, 1))
                .isInstanceOf(VmExit.ProgramEnd.class);
        return cpu.state().checksum() - Checksum.fold(0, 0);
    }

    private static Set<Long> hostWords(SimulatedMachine machine) {
        Set<Long> words = new HashSet<>();
        for (long hpa = 0; hpa < HOST; hpa += 8) {
            long word = machine.frames().contents().read(hpa);
            if (word != 0) {
                words.add(word);
            }
        }
        return words;
    }

    @ParameterizedTest
    @EnumSource(Protection.class)
    void hostMemoryHoldsTheGuestsWordsOnlyIfItIsNotProtected(Protection protection) {
        SimulatedMachine machine = machine(MemoryEncryption.FREE);
        VirtualMachine vm = vm(machine, protection, PageSize.SIZE_4K);
        makeTables(vm, -1);
        vm.cpus().getFirst().setProgram(1000, 0);
        for (long gpa = LARGE; gpa < LARGE + 64 * PAGE; gpa += 520) {
            store(vm, gpa & -8);
        }
        long stored = vm.cpus().getFirst().state().cursor() - 1000;
        List<Long> plaintext = new ArrayList<>();
        for (long cursor = 1000; cursor < 1000 + stored; cursor++) {
            plaintext.add(Checksum.value(cursor));
        }
        assertThat(load(vm, LARGE)).isEqualTo(Checksum.value(1000));
        boolean seesTable = vm.memory().read(0x1008) == (0x2007 | PagingEntry.ACCESSED);
        assertThat(seesTable).isEqualTo(protection == Protection.NONE);
        if (protection == Protection.NONE) {
            assertThat(hostWords(machine).containsAll(plaintext)).isTrue();
            assertThat(vm.memory().read(LARGE)).isEqualTo(Checksum.value(1000));
        } else {
            assertThat(Collections.disjoint(hostWords(machine), plaintext)).isTrue();
            assertThat(vm.memory().read(LARGE)).isNotEqualTo(Checksum.value(1000));
        }
        machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void stateIsNotSavedWhereOnlyTheGuestCanReadIt(Protection protection) {
        try (SimulatedMachine machine = machine(MemoryEncryption.FREE)) {
            VirtualMachine vm =
                    machine.create(
                            new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED, protection));
            assertThat(machine.capabilities()).contains(Capability.SAVED_STATE);
            assertThatThrownBy(() -> VmState.save(vm))
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            "vm cannot be saved: its memory is %s, and only the guest can read it; use one without protection"
                                    .formatted(protection.label()));
        }
    }

    @Test
    void pageWithoutTheBitIsSharedWithTheHypervisor() {
        SimulatedMachine machine = machine(MemoryEncryption.FREE);
        VirtualMachine vm = vm(machine, Protection.ENCRYPTED, PageSize.SIZE_4K);
        makeTables(vm, 2);
        vm.cpus().getFirst().setProgram(5, 0);
        store(vm, 2 * LARGE + 16);
        assertThat(vm.memory().read(2 * LARGE + 16)).isEqualTo(Checksum.value(5));
        vm.exclusively(() -> vm.memory().write(2 * LARGE + 24, 77));
        assertThat(load(vm, 2 * LARGE + 24)).isEqualTo(77);
    }

    @Test
    void memoryOfAnOwnedGuestCannotBeWrittenFromOutside() {
        SimulatedMachine machine = machine(MemoryEncryption.FREE);
        VirtualMachine vm = vm(machine, Protection.OWNED, PageSize.SIZE_4K);
        makeTables(vm, -1);
        store(vm, LARGE);
        assertThatThrownBy(() -> vm.exclusively(() -> vm.memory().write(LARGE, 1)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void pageThatWasTakenAwayAndGivenBackStopsTheGuest() {
        SimulatedMachine machine = machine(MemoryEncryption.FREE);
        VirtualMachine vm = vm(machine, Protection.OWNED, PageSize.SIZE_4K);
        makeTables(vm, -1);
        store(vm, LARGE);
        vm.exclusively(() -> vm.secondLevel().unmap(LARGE, PAGE));
        assertThat(store(vm, LARGE))
                .isInstanceOfSatisfying(
                        VmExit.Failure.class,
                        failure ->
                                assertThat(failure.cause())
                                        .isEqualTo(VmExit.Cause.PAGE_NOT_VALIDATED));
        assertThatThrownBy(() -> vm.cpus().getFirst().kernel().load(LARGE))
                .isInstanceOf(GuestFailure.class);
    }

    /// A walk that is repeated from memory would not meet the reverse map table.
    @Test
    void knownWalksAreJudgedAgainWhenOwnershipChanges() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.withKnownWalks(SecondLevelFormat.NPT), HOST)
                                .with(MemoryEncryption.FREE));
        VirtualMachine vm = vm(machine, Protection.OWNED, PageSize.SIZE_4K);
        makeTables(vm, -1);
        HostAccess host = machine.hostAccess();
        store(vm, LARGE);
        store(vm, 2 * LARGE);
        long frame = host.frameOf(vm, LARGE);
        for (int i = 0; i < 3; i++) {
            machine.own(vm).context().flush(0, MEMORY);
            loadBoth(vm);
        }
        host.take(frame);
        assertThat(loadBoth(vm)).isInstanceOf(VmExit.OwnershipViolation.class);
        host.assign(frame, vm, LARGE);
        assertThat(loadBoth(vm)).isInstanceOf(VmExit.Failure.class);
        vm.cpus().getFirst().kernel().validate(LARGE, PAGE);
        assertThat(loadBoth(vm)).isInstanceOf(VmExit.ProgramEnd.class);
    }

    /// The second walk begins where the first has found a table, so that it can be a known one.
    private static VmExit loadBoth(VirtualMachine vm) {
        long[] loads = {
            Access.pack(Access.LOAD, GVA + 2 * LARGE), Access.pack(Access.LOAD, GVA + LARGE)
        };
        return vm.cpus().getFirst().run(loads, 0, 2);
    }

    @Test
    void encryptedMemoryIsNotMoved() {
        SimulatedMachine machine = machine(MemoryEncryption.FREE);
        VirtualMachine vm = vm(machine, Protection.ENCRYPTED, PageSize.SIZE_4K);
        makeTables(vm, -1);
        store(vm, LARGE);
        vm.exclusively(() -> {
            assertThat(vm.secondLevel().collapse(LARGE, -1)).isEqualTo(-1);
            machine.host().compact(PageSize.SIZE_2M, 512);
        });
        assertThat(machine.pagesMoved()).isZero();
    }

    @Test
    void largeMappingThatIsOwnedPageByPageIsSplintered() {
        SimulatedMachine machine = machine(MemoryEncryption.FREE);
        VirtualMachine vm = vm(machine, Protection.OWNED, PageSize.SIZE_2M);
        makeTables(vm, -1);
        vm.cpus().getFirst().setProgram(9, 0);
        store(vm, LARGE);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_2M);
        HostAccess host = machine.hostAccess();
        host.smash(host.frameOf(vm, LARGE));
        assertThat(load(vm, LARGE)).isEqualTo(Checksum.value(9));
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_4K);
        machine.closeAndVerify();
    }

    @Test
    void extraCyclesAreTheAdderTimesTheEncryptedReferences() {
        for (EncryptionScope scope : EncryptionScope.values()) {
            for (Protection protection : Protection.values()) {
                long free = cycles(machine(new MemoryEncryption(51, 0, scope)), protection);
                SimulatedMachine machine = machine(new MemoryEncryption(51, 13, scope));
                long cycles = cycles(machine, protection);
                long references = 0;
                for (int kind : new int[] {0, 1, MemoryDelay.DATA}) {
                    references += machine.encryptedReferences(ownOf(machine), kind);
                }
                assertThat(references).isPositive();
                assertThat(cycles - free).isEqualTo(13 * references);
                machine.closeAndVerify();
            }
        }
    }

    private VirtualMachine last =
            vm(machine(MemoryEncryption.FREE), Protection.NONE, PageSize.SIZE_4K);

    private VirtualMachine ownOf(SimulatedMachine machine) {
        return machine.own(last);
    }

    private long cycles(SimulatedMachine machine, Protection protection) {
        last = vm(machine, protection, PageSize.SIZE_4K);
        makeTables(last, -1);
        for (long gpa = LARGE; gpa < 3 * LARGE; gpa += PAGE) {
            store(last, gpa);
        }
        return last.cpus().getFirst().walkCounts().orElseThrow().walkCycles;
    }

    @Test
    void protectionThatCannotBeHadIsRefused() {
        VmSettings wanted =
                new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED, Protection.OWNED);
        SimulatedMachine without =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), HOST));
        assertThatThrownBy(() -> without.create(wanted))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no memory encryption");
        SimulatedMachine intel =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), HOST)
                                .with(MemoryEncryption.FREE));
        assertThatThrownBy(() -> intel.create(wanted))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nested page tables");
        SimulatedMachine machine = machine(MemoryEncryption.FREE);
        assertThatThrownBy(() ->
                        machine.create(
                                new VmSettings(
                                        "vm",
                                        MEMORY,
                                        1,
                                        TranslationMode.SHADOW,
                                        Protection.ENCRYPTED)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nested paging only");
        VirtualMachine vm = machine.create(wanted);
        assertThatThrownBy(() -> machine.useTransactions(vm, TransactionSettings.of(8, 1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no transactional memory");
    }

    @Test
    void valuesOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new MemoryEncryption(51, -1, EncryptionScope.GUEST_KEY))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("-1 is not 0 to 1,000");
        assertThatThrownBy(() -> new MemoryEncryption(39, 0, EncryptionScope.GUEST_KEY))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("39 is not 40 to 51");
    }
}
