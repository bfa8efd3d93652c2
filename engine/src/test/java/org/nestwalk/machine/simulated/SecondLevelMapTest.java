package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What backing, unmapping, sharing and collapsing pages leaves, and what it refuses.
class SecondLevelMapTest {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long GVA = 0x80_0000_0000L;

    private SimulatedMachine machine = machine(SecondLevelFormat.EPT_AD);
    private VirtualMachine vm = vm(machine);

    private static SimulatedMachine machine(SecondLevelFormat format) {
        return new SimulatedMachine(SimulatedSettings.of(Processors.of(format), 32L << 20));
    }

    private static VirtualMachine vm(SimulatedMachine on) {
        return on.create(new VmSettings("vm", 16L << 20, 1, TranslationMode.NESTED));
    }

    private void use(SecondLevelFormat format) {
        machine = machine(format);
        vm = vm(machine);
    }

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private SecondLevelMap map() {
        return vm.secondLevel();
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void reservedBlockBacksAPageOnce(SecondLevelFormat format) {
        use(format);
        vm.exclusively(() -> {
            long block = machine.host().reserve(PageSize.SIZE_2M);
            assertThat(map().map(LARGE + PAGE, block, PageSize.SIZE_2M)).isTrue();
            assertThat(machine.own(vm).lookup(LARGE)).isEqualTo(block);
            assertThat(map().backedBytes(PageSize.SIZE_2M)).isEqualTo(LARGE);
            long other = machine.host().reserve(PageSize.SIZE_2M);
            assertThat(map().map(LARGE, other, PageSize.SIZE_2M)).isFalse();
            assertThat(machine.own(vm).lookup(LARGE)).isEqualTo(block);
            machine.host().release(other, PageSize.SIZE_2M);
        });
        machine.checkInvariants();
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void memoryThatIsTakenAgainIsZero(SecondLevelFormat format) {
        use(format);
        vm.exclusively(() -> {
            // All memory, so that whatever is taken next was written.
            long end = 0;
            while (end < 16L << 20 && map().populate(end, PageSize.SIZE_2M)) {
                end += LARGE;
            }
            for (long gpa = 0; gpa < end; gpa += PAGE) {
                vm.memory().write(gpa + 8, gpa + 1);
            }
            map().unmap(0, end);
            for (long gpa = 0; gpa < end; gpa += LARGE) {
                assertThat(map().populate(gpa, PageSize.SIZE_2M)).isTrue();
            }
            for (long gpa = 0; gpa < end; gpa += PAGE) {
                assertThat(vm.memory().read(gpa + 8)).isZero();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void unmappingAPartOfALargePageLeavesTheRest(SecondLevelFormat format) {
        use(format);
        vm.exclusively(() -> {
            map().populate(0, PageSize.SIZE_2M);
            for (long gpa = 0; gpa < LARGE; gpa += PAGE) {
                vm.memory().write(gpa, gpa + 1);
            }
            map().unmap(3 * PAGE, 5 * PAGE);
            for (long gpa = 0; gpa < LARGE; gpa += PAGE) {
                boolean gone = gpa >= 3 * PAGE && gpa < 8 * PAGE;
                assertThat(map().pageSize(gpa)).isEqualTo(gone ? null : PageSize.SIZE_4K);
                if (!gone) {
                    assertThat(vm.memory().read(gpa)).isEqualTo(gpa + 1);
                }
            }
            assertThat(map().backedBytes(PageSize.SIZE_4K)).isEqualTo(507 * PAGE);
            assertThat(map().backedBytes(PageSize.SIZE_2M)).isZero();
        });
        machine.checkInvariants();
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void collapseThatIsRefusedChangesNothing(SecondLevelFormat format) {
        use(format);
        vm.exclusively(() -> {
            assertThat(map().collapse(0, -1)).as("nothing there").isEqualTo(-1);
            map().populate(LARGE, PageSize.SIZE_2M);
            assertThat(map().collapse(LARGE + PAGE, -1)).as("a page already").isEqualTo(-1);
            assertThat(map().backedBytes(PageSize.SIZE_2M)).isEqualTo(LARGE);
            assertThat(map().backedBytes(PageSize.SIZE_4K)).isZero();
            map().populate(7 * PAGE, PageSize.SIZE_4K);
            vm.memory().write(7 * PAGE, 77);
            assertThat(map().collapse(PAGE, -1)).isEqualTo(1);
            assertThat(map().backedBytes(PageSize.SIZE_2M)).isEqualTo(2 * LARGE);
            assertThat(map().backedBytes(PageSize.SIZE_4K)).isZero();
            assertThat(vm.memory().read(7 * PAGE)).isEqualTo(77);
            assertThat(vm.memory().read(8 * PAGE)).isZero();
        });
        machine.checkInvariants();
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void pagesShareUntilOneHasMemoryOfItsOwn(SecondLevelFormat format) {
        use(format);
        VirtualMachine other = vm(machine);
        vm.exclusively(() -> {
            vm.memory().write(PAGE, 77);
            vm.memory().write(2 * PAGE, 88);
            assertThat(other.secondLevel().share(5 * PAGE, vm, PAGE, PageSize.SIZE_4K)).isTrue();
            assertThat(map().sharesWith(PAGE, other, 5 * PAGE)).isTrue();
            assertThat(map().sharesWith(2 * PAGE, other, 5 * PAGE)).isFalse();
            assertThat(map().owners(PAGE)).isEqualTo(2);
            assertThat(map().unshare(PAGE)).isTrue();
            assertThat(map().sharesWith(PAGE, other, 5 * PAGE)).isFalse();
            assertThat(map().owners(PAGE)).isEqualTo(1);
            assertThat(other.memory().read(5 * PAGE)).isEqualTo(77);
            assertThat(vm.memory().read(PAGE)).isEqualTo(77);
        });
        machine.checkInvariants();
    }

    @ParameterizedTest
    @EnumSource(SecondLevelFormat.class)
    void sharedPageStaysSharedWithoutMemoryForACopy(SecondLevelFormat format) {
        use(format);
        VirtualMachine other = vm(machine);
        vm.exclusively(() -> {
            vm.memory().write(PAGE, 77);
            other.secondLevel().share(5 * PAGE, vm, PAGE, PageSize.SIZE_4K);
            long kept = machine.host().reserve(PageSize.SIZE_4K);
            long[] taken = new long[8192];
            int count = 0;
            for (long at = kept; at != -1; at = machine.host().reserve(PageSize.SIZE_4K)) {
                taken[count++] = at;
            }
            assertThat(map().unshare(PAGE)).isFalse();
            assertThat(map().sharesWith(PAGE, other, 5 * PAGE)).isTrue();
            for (int i = 0; i < count; i++) {
                machine.host().release(taken[i], PageSize.SIZE_4K);
            }
        });
        machine.checkInvariants();
    }

    /// A page that is backed for an access has the flags that it sets; one that was backed before,
    /// none.
    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void pageThatIsBackedForAnAccessHasItsFlags(SecondLevelFormat format) {
        use(format);
        vm.attach((cpu, exit) ->
                Verdict.resumeIf(
                        exit instanceof VmExit.Violation violation
                                && map().populate(violation.gpa(), PageSize.SIZE_4K)));
        writeTables();
        vm.exclusively(() -> {
            map().populate(3 * LARGE, PageSize.SIZE_4K);
            map().populate(3 * LARGE + PAGE, PageSize.SIZE_4K);
        });
        // Sets the flags on the way to both tables and pages.
        access(Access.STORE, LARGE);
        access(Access.STORE, 3 * LARGE + 2 * PAGE);
        long before = flagUpdates();
        access(Access.STORE, LARGE + PAGE);
        access(Access.LOAD, LARGE + 2 * PAGE);
        assertThat(flagUpdates() - before).as("backed for the access").isZero();
        access(Access.STORE, LARGE + 2 * PAGE);
        assertThat(flagUpdates() - before).as("only read before").isEqualTo(1);
        access(Access.STORE, 3 * LARGE);
        access(Access.LOAD, 3 * LARGE + PAGE);
        assertThat(flagUpdates() - before).as("backed before").isEqualTo(3);
    }

    private long flagUpdates() {
        return vm.cpus().getFirst().walkCounts().orElseThrow().flagUpdates;
    }

    private void access(int kind, long gpa) {
        VmExit exit = vm.cpus().getFirst().run(new long[] {Access.pack(kind, GVA + gpa)}, 0, 1);
        assertThat(exit).isInstanceOf(VmExit.ProgramEnd.class);
    }

    /// The guest maps its memory from [#GVA] on with 2-MiB pages, whose flags are set.
    private void writeTables() {
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        kernel.store(0x1000 + 8, 0x2000 | 0x27);
        kernel.store(0x2000, 0x3000 | 0x27);
        for (long region = 0; region < 8; region++) {
            kernel.store(0x3000 + 8 * region, region << 21 | 0xe7);
        }
        kernel.loadCr3(0x1000, false);
    }
}
