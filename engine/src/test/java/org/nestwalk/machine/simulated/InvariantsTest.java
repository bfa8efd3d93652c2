package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A machine that is not as it must be says so.
class InvariantsTest {
    private static final long PAGE = 4096;
    private static final long LARGE = 2 << 20;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 16L << 20)
                            .withFragmentation(Fragmentation.parse("0.3:random"), 1));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", 2 * LARGE, 1, TranslationMode.NESTED));
    private final VirtualMachine other =
            machine.create(new VmSettings("other", 2 * LARGE, 1, TranslationMode.NESTED));
    private final HostFrames frames = machine.frames();

    InvariantsTest() {
        vm.exclusively(() -> {
            vm.secondLevel().populate(0, PageSize.SIZE_4K);
            vm.secondLevel().populate(LARGE, PageSize.SIZE_2M);
            other.secondLevel().populate(0, PageSize.SIZE_4K);
        });
        assertThatCode(machine::checkInvariants).doesNotThrowAnyException();
    }

    private long frame(VirtualMachine of, long gpa) {
        return machine.own(of).lookup(gpa);
    }

    private void complains(String about) {
        assertThatThrownBy(machine::checkInvariants)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(about);
    }

    @Test
    void frameThatNobodyUsesIsNoticed() {
        frames.allocator(0).allocate(0);
        complains("is used by nobody");
    }

    @Test
    void frameThatNobodyUsesIsNoticedAtTheEnd() {
        frames.allocator(0).allocate(0);
        assertThatThrownBy(machine::closeAndVerify)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is used by nobody");
    }

    @Test
    void freeFrameWithAnOwnerIsNoticed() {
        long hpa = 0;
        while (!frames.allocator(hpa).isFree(hpa)) {
            hpa += PAGE;
        }
        frames.owners().take(hpa, 1, FrameOwners.RESERVED, 0, 0);
        complains("frame %x is owned, but free".formatted(hpa));
    }

    @Test
    void frameOfATenantWithAnOwnerIsNoticed() {
        long hpa = 0;
        while (!frames.tenants(hpa).holds(hpa)) {
            hpa += PAGE;
        }
        frames.owners().take(hpa, 1, FrameOwners.RESERVED, 0, 0);
        complains("frame %x has two owners".formatted(hpa));
    }

    @Test
    void pageOfAnotherMachineIsNoticed() {
        long own = frame(vm, 0);
        machine.own(vm).tables().remap(0, frame(other, 0));
        complains("frame %x is mapped by a virtual machine".formatted(frame(other, 0)));
        machine.own(vm).tables().remap(0, own);
        assertThatCode(machine::checkInvariants).doesNotThrowAnyException();
    }

    @Test
    void lastFrameOfALargePageThatIsAnothersIsNoticed() {
        long hpa = frame(vm, LARGE) + LARGE - PAGE;
        frames.owners().give(hpa, 1);
        frames.owners().take(hpa, 1, FrameOwners.PAGE, 2, 2 * LARGE - PAGE);
        complains("frame %x is mapped by a virtual machine".formatted(hpa));
    }

    @Test
    void frameForAnotherPageOfTheSameMachineIsNoticed() {
        long hpa = frame(vm, 0);
        frames.owners().give(hpa, 1);
        frames.owners().take(hpa, 1, FrameOwners.PAGE, 1, PAGE);
        complains("frame %x is mapped by a virtual machine".formatted(hpa));
    }

    @Test
    void tableThatIsNoTableIsNoticed() {
        long root = machine.own(vm).tables().table().root();
        frames.owners().give(root, 1);
        frames.owners().take(root, 1, FrameOwners.PAGE, 1, 0);
        complains("table %x is no frame of its virtual machine".formatted(root));
    }

    @Test
    void closedMachinesAreNotLookedAt() {
        long hpa = frame(vm, 0);
        frames.owners().give(hpa, 1);
        frames.owners().take(hpa, 1, FrameOwners.TABLE, 1, 0);
        complains("is mapped by a virtual machine");
        frames.owners().give(hpa, 1);
        frames.owners().take(hpa, 1, FrameOwners.PAGE, 1, 0);
        vm.close();
        assertThatCode(machine::checkInvariants).doesNotThrowAnyException();
    }

    @Test
    void ownerWithoutAMappingIsNoticed() {
        frames.owners().share(frame(vm, 0), 2, PAGE);
        complains("is shared, and can be written");
        vm.exclusively(() -> vm.claim((cpu, exit) -> Verdict.STOP).allow(0, PAGE, 0));
        complains("frames have 515 owners, but 514 mappings");
    }

    @Test
    void sharedFrameThatCanBeWrittenIsNoticed() {
        vm.exclusively(() -> other.secondLevel().share(PAGE, vm, 0, PageSize.SIZE_4K));
        assertThatCode(machine::checkInvariants).doesNotThrowAnyException();
        long entry = machine.own(vm).tables().table().entry(0);
        machine.own(vm)
                .tables()
                .table()
                .setEntry(0, 1, SecondLevelEntries.EPT.with(entry, SecondLevelMap.ALL));
        complains("frame %x is shared, and can be written".formatted(frame(vm, 0)));
    }

    @Test
    void machineThatLosesMemoryIsNotVerified() {
        vm.exclusively(() -> machine.host().reserve(PageSize.SIZE_4K));
        assertThatThrownBy(machine::closeAndVerify)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("host memory is not what it was at first");
    }
}
