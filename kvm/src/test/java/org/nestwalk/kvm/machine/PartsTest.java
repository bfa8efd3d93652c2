package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;

/// Memory of virtual machines made by freezing comes in parts, which are reached one by one.
class PartsTest {
    private static final long PART = 2L << 20;
    private static final long PAGE = 4096;
    private static final long MEMORY = 9 * PART;
    private static final long LINEAR = 0x4020_1000L;
    private static final long ROOT = 7 * PART;
    private static final long USED_TABLE = 0x27;
    private static final long USED_PAGE = 0x67;

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    private static KvmMachine open(KvmSettings.Dirty dirty) {
        return KvmMachine.open(
                new KvmSettings(KvmSettings.Backing.SHARED, false, false, dirty),
                PART,
                new ForkSteps());
    }

    /// Each table in a part of its own, and two pages of data.
    private static VirtualMachine guest(KvmMachine machine) {
        VirtualMachine vm = machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
        long[] tables = {ROOT, PART, 2 * PART, 3 * PART};
        for (int level = 4; level > 1; level--) {
            long index = LINEAR >>> 12 + 9 * (level - 1) & 511;
            vm.memory()
                    .write(tables[4 - level] + index * Long.BYTES, tables[5 - level] | USED_TABLE);
        }
        mapPage(vm, 0, 4 * PART);
        mapPage(vm, 1, 5 * PART + PAGE);
        mapPage(vm, 2, 6 * PART);
        vm.memory().write(4 * PART + 8, 4);
        vm.memory().write(6 * PART + 8, 6);
        return vm;
    }

    private static long entryOf(int page) {
        return 3 * PART + ((LINEAR >>> 12 & 511) + page) * Long.BYTES;
    }

    private static void mapPage(VirtualMachine vm, int page, long gpa) {
        vm.memory().write(entryOf(page), gpa | USED_PAGE);
    }

    private static long load(int page) {
        return Access.pack(Access.LOAD, LINEAR + page * PAGE + 8);
    }

    private static long store(int page) {
        return Access.pack(Access.STORE, LINEAR + page * PAGE + 8);
    }

    @ParameterizedTest
    @EnumSource
    void tablesAndDataAreReachedWhereverTheyAre(KvmSettings.Dirty dirty) {
        try (KvmMachine machine = open(dirty)) {
            VirtualMachine vm = guest(machine);
            FrozenMemory frozen = vm.freeze();
            List<VirtualMachine> all =
                    List.of(vm, frozen.fork("child"), frozen.fork("another child"));
            for (VirtualMachine each : all) {
                // Which stores to the root what no kernel sees.
                each.cpus().getFirst().kernel().loadCr3(ROOT, false);
                DirtyPages tracker = dirty.source().map(each::trackDirty).orElse(null);
                long[] accesses = {load(0), store(1), load(1), store(0), load(0), load(2)};
                assertThat(each.cpus().getFirst().run(accesses, 0, accesses.length))
                        .isEqualTo(new VmExit.ProgramEnd());
                long expected = Checksum.START;
                for (long value : new long[] {4, Checksum.value(1), Checksum.value(3), 6}) {
                    expected = Checksum.fold(expected, value);
                }
                assertThat(each.cpus().getFirst().state().checksum()).isEqualTo(expected);
                // And only what is touched: what is not, the host keeps nothing of.
                for (int part = 1; part <= 8; part++) {
                    assertThat(((KvmVirtualMachine) each).slots().isReached(part * PART))
                            .as("part %d", part)
                            .isEqualTo(part < 8);
                }
                assertThat(each.memory().read(4 * PART + 8)).isEqualTo(Checksum.value(3));
                assertThat(each.memory().read(5 * PART + PAGE + 8)).isEqualTo(Checksum.value(1));
                if (tracker != null) {
                    PageSet written = new PageSet();
                    tracker.collect(written);
                    assertThat(written.contains(4 * PART)).isTrue();
                    assertThat(written.contains(5 * PART + PAGE)).isTrue();
                    assertThat(written.size()).isEqualTo(2);
                }
            }
            assertThat(frozen.read(4 * PART + 8)).isEqualTo(4);
            assertThat(frozen.read(5 * PART + PAGE + 8)).isZero();
        }
    }

    /// The memory is mapped elsewhere each time, and in slots of another virtual machine of KVM.
    @Test
    void memoryThatIsFrozenAgainIsReachedAgain() {
        try (KvmMachine machine = open(KvmSettings.Dirty.NONE)) {
            VirtualMachine child = guest(machine).freeze().fork("child");
            child.cpus().getFirst().kernel().loadCr3(ROOT, false);
            long expected = Checksum.START;
            for (int generation = 0; generation < 4; generation++) {
                assertThat(((KvmVirtualMachine) child).slots().isReached(5 * PART)).isFalse();
                assertThat(child.cpus().getFirst().run(new long[] {load(0), store(1)}, 0, 2))
                        .isEqualTo(new VmExit.ProgramEnd());
                expected = Checksum.fold(expected, 4);
                assertThat(child.cpus().getFirst().state().checksum()).isEqualTo(expected);
                assertThat(((KvmVirtualMachine) child).slots().isReached(5 * PART)).isTrue();
                child.freeze().close();
            }
        }
    }

    /// An entry that was present is changed where it is in no slot, and again when it is in one.
    @ParameterizedTest
    @EnumSource
    void entriesChangedByTheKernelAreSeenWhereverTheyAre(KvmSettings.Dirty dirty) {
        try (KvmMachine machine = open(dirty)) {
            VirtualMachine child = guest(machine).freeze().fork("child");
            child.cpus().getFirst().kernel().loadCr3(ROOT, false);
            long expected = Checksum.START;
            for (long target : new long[] {6, 4, 6}) {
                child.cpus().getFirst().kernel().store(entryOf(0), target * PART | USED_PAGE);
                child.cpus().getFirst().kernel().invlpg(LINEAR);
                assertThat(child.cpus().getFirst().run(new long[] {load(0)}, 0, 1))
                        .isEqualTo(new VmExit.ProgramEnd());
                expected = Checksum.fold(expected, target);
                assertThat(child.cpus().getFirst().state().checksum()).isEqualTo(expected);
            }
        }
    }

    /// A page fault is the guest's where its tables say so, though not all memory is in slots.
    @ParameterizedTest
    @EnumSource
    void faultsOfTheGuestReachItsKernel(KvmSettings.Dirty dirty) {
        try (KvmMachine machine = open(dirty)) {
            VirtualMachine child = guest(machine).freeze().fork("child");
            child.cpus().getFirst().kernel().loadCr3(ROOT, false);
            long[] faults = {0};
            child.onException((cpu, gva, code) -> {
                faults[0]++;
                cpu.store(entryOf(3), 7 * PART + PAGE | USED_PAGE);
            });
            long[] accesses = {store(3), load(3), load(0)};
            assertThat(child.cpus().getFirst().run(accesses, 0, accesses.length))
                    .isEqualTo(new VmExit.ProgramEnd());
            assertThat(faults[0]).isEqualTo(1);
            assertThat(child.memory().read(7 * PART + PAGE + 8)).isEqualTo(Checksum.value(0));
        }
    }
}
