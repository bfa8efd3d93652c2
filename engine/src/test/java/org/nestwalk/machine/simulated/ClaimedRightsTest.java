package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What claims leave to the guest, under each format of the second level and under shadow paging.
class ClaimedRightsTest {
    private static final long MEMORY = 16 << 20;
    private static final long GVA = 0x80_0000_0000L;
    private static final long DATA = 4 << 20;
    private static final long PAGE = 4096;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int NO_WRITE = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    /// A guest that maps its memory from [#GVA] on with 2-MiB pages, and a claim on it.
    private static final class Claimed {
        final SimulatedMachine machine;
        final VirtualMachine vm;
        final SecondLevelMap map;
        final List<VmExit> exits = new ArrayList<>();
        final RightsClaim claim;
        final boolean shadow;
        Verdict verdict = Verdict.STOP;

        Claimed(SmallGuest.Kind kind) {
            machine =
                    new SimulatedMachine(
                            SimulatedSettings.of(Processors.of(kind.format), 64L << 20));
            vm = machine.create(new VmSettings("vm", MEMORY, 2, kind.mode));
            map = vm.secondLevel();
            shadow = kind.mode == TranslationMode.SHADOW;
            vm.attach((self, exit) ->
                    exit instanceof VmExit.Violation violation
                            ? Verdict.resumeIf(map.populate(violation.gpa(), PageSize.SIZE_4K))
                            : Verdict.NOT_MINE);
            claim =
                    vm.claim((self, exit) -> {
                        exits.add(exit);
                        return verdict;
                    });
            KernelCpu kernel = vm.cpus().getFirst().kernel();
            kernel.store(0x1000 + 8 * (GVA >> 39), 0x2007);
            kernel.store(0x2000, 0x3007);
            for (long region = 0; region < MEMORY >> 21; region++) {
                kernel.store(0x3000 + 8 * region, region << 21 | 0x87);
            }
            vm.cpus().forEach(cpu -> cpu.kernel().loadCr3(0x1000, false));
        }

        VmExit run(int kind, long gpa) {
            return run(vm.cpus().getFirst(), kind, gpa);
        }

        VmExit run(VirtualCpu cpu, int kind, long gpa) {
            return cpu.run(new long[] {Access.pack(kind, GVA + gpa)}, 0, 1);
        }

        void runs(int kind, long gpa) {
            assertThat(run(kind, gpa)).isInstanceOf(VmExit.ProgramEnd.class);
        }

        void allow(long gpa, long bytes, int rights) {
            vm.exclusively(() -> claim.allow(gpa, bytes, rights));
        }

        void populateLarge(long gpa) {
            vm.exclusively(() -> assertThat(map.populate(gpa, PageSize.SIZE_2M)).isTrue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void pageThatIsBackedLaterHasWhatClaimsLeave(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        guest.allow(DATA, PAGE, NO_WRITE);
        guest.runs(Access.LOAD, DATA);
        assertThat(guest.map.rights(DATA)).isEqualTo(NO_WRITE);
        VmExit trap = new VmExit.WriteTrap(DATA + 8, GVA + DATA + 8, false);
        assertThat(guest.run(Access.STORE, DATA + 8)).isEqualTo(trap);
        guest.vm.exclusively(() -> guest.map.unmap(DATA, PAGE));
        assertThat(guest.map.rights(DATA)).isZero();
        assertThat(guest.claim.allowed(DATA)).isEqualTo(NO_WRITE);
        guest.runs(Access.FETCH, DATA);
        assertThat(guest.run(Access.STORE, DATA + 8)).isEqualTo(trap);
        assertThat(guest.map.rights(DATA + PAGE)).isZero();
        guest.runs(Access.STORE, DATA + PAGE);
        assertThat(guest.map.rights(DATA + PAGE)).isEqualTo(SecondLevelMap.ALL);
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void pageBackedForAWriteThatIsRefusedIsNotDirty(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        DirtyPages flags = guest.vm.trackDirty(DirtySource.FLAGS);
        guest.allow(DATA, PAGE, NO_WRITE);
        assertThat(guest.run(Access.STORE, DATA)).isInstanceOf(VmExit.WriteTrap.class);
        guest.runs(Access.STORE, DATA + PAGE);
        PageSet found = new PageSet();
        flags.collect(found);
        assertThat(found.count(DATA, LARGE)).isEqualTo(1);
        assertThat(found.contains(DATA + PAGE)).isTrue();
        guest.verdict = Verdict.PERFORM;
        guest.runs(Access.STORE, DATA);
        flags.collect(found);
        assertThat(found.contains(DATA)).isTrue();
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void pageWithoutAnyRightStaysMapped(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        guest.runs(Access.STORE, DATA + 8);
        guest.vm.exclusively(() -> guest.vm.memory().write(DATA + 16, 77));
        long frame = guest.machine.own(guest.vm).lookup(DATA);
        long backed = guest.map.backedBytes(PageSize.SIZE_4K);
        guest.allow(DATA, PAGE, 0);
        assertThat(guest.map.rights(DATA)).isZero();
        assertThat(guest.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
        assertThat(guest.map.backedBytes(PageSize.SIZE_4K)).isEqualTo(backed);
        assertThat(guest.machine.own(guest.vm).lookup(DATA)).isEqualTo(frame);
        assertThat(guest.vm.memory().read(DATA + 16)).isEqualTo(77);
        assertThat(guest.run(Access.LOAD, DATA))
                .isEqualTo(
                        new VmExit.Violation(DATA, GVA + DATA, SecondLevelMap.READ, true, false));
        assertThat(guest.run(Access.FETCH, DATA))
                .isEqualTo(
                        new VmExit.Violation(
                                DATA, GVA + DATA, SecondLevelMap.EXECUTE, true, false));
        assertThat(guest.run(Access.STORE, DATA))
                .isEqualTo(new VmExit.WriteTrap(DATA, GVA + DATA, false));
        assertThat(guest.exits).hasSize(3);
        guest.machine.checkInvariants();
        guest.allow(DATA, PAGE, SecondLevelMap.ALL);
        assertThat(guest.map.rights(DATA)).isEqualTo(SecondLevelMap.ALL);
        assertThat(guest.vm.cpus().getFirst().kernel().load(DATA + 16)).isEqualTo(77);
        guest.allow(DATA, PAGE, 0);
        guest.vm.exclusively(() -> guest.map.unmap(DATA, PAGE));
        assertThat(guest.map.pageSize(DATA)).isNull();
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void largePageWithoutAnyRightStaysOnePage(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        guest.populateLarge(DATA);
        guest.allow(DATA, LARGE, 0);
        assertThat(guest.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(guest.map.rights(DATA + LARGE - PAGE)).isZero();
        assertThat(guest.run(Access.LOAD, DATA + 9 * PAGE)).isInstanceOf(VmExit.Violation.class);
        guest.allow(DATA, PAGE, SecondLevelMap.ALL);
        assertThat(guest.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
        guest.runs(Access.STORE, DATA);
        assertThat(guest.run(Access.LOAD, DATA + PAGE)).isInstanceOf(VmExit.Violation.class);
        guest.allow(DATA, PAGE, 0);
        guest.vm.exclusively(() -> assertThat(guest.map.collapse(DATA, -1)).isEqualTo(512));
        assertThat(guest.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(guest.map.rights(DATA)).isZero();
        assertThat(guest.run(Access.LOAD, DATA)).isInstanceOf(VmExit.Violation.class);
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void largePageIsSplitOnlyWhereClaimsDiffer(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        guest.populateLarge(DATA);
        guest.populateLarge(DATA + LARGE);
        guest.populateLarge(DATA + 2 * LARGE);
        guest.allow(DATA, 2 * LARGE, NO_WRITE);
        assertThat(guest.map.backedBytes(PageSize.SIZE_2M)).isEqualTo(3 * LARGE);
        guest.allow(DATA + 2 * LARGE - PAGE, 2 * PAGE, SecondLevelMap.READ);
        assertThat(guest.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(guest.map.pageSize(DATA + LARGE)).isEqualTo(PageSize.SIZE_4K);
        assertThat(guest.map.pageSize(DATA + 2 * LARGE)).isEqualTo(PageSize.SIZE_4K);
        assertThat(guest.map.rights(DATA)).isEqualTo(NO_WRITE);
        assertThat(guest.map.rights(DATA + 2 * LARGE - 2 * PAGE)).isEqualTo(NO_WRITE);
        assertThat(guest.map.rights(DATA + 2 * LARGE - PAGE)).isEqualTo(SecondLevelMap.READ);
        assertThat(guest.map.rights(DATA + 2 * LARGE)).isEqualTo(SecondLevelMap.READ);
        assertThat(guest.map.rights(DATA + 2 * LARGE + PAGE)).isEqualTo(SecondLevelMap.ALL);
        guest.machine.closeAndVerify();
    }

    /// Two claims that withhold the same of one half each leave the page in one piece.
    @ParameterizedTest
    @EnumSource
    void largePageOfWhichAllClaimsLeaveTheSameIsNotSplit(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        RightsClaim other = guest.vm.claim((cpu, exit) -> Verdict.STOP);
        guest.allow(DATA, LARGE / 2, NO_WRITE);
        guest.vm.exclusively(() -> {
            assertThat(guest.map.populate(DATA, PageSize.SIZE_2M)).as("mixed").isFalse();
            other.allow(DATA + LARGE / 2, LARGE / 2, NO_WRITE);
        });
        guest.populateLarge(DATA);
        assertThat(guest.map.rights(DATA)).isEqualTo(NO_WRITE);
        guest.vm.exclusively(other::close);
        assertThat(guest.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
        assertThat(guest.map.rights(DATA + LARGE / 2 - PAGE)).isEqualTo(NO_WRITE);
        assertThat(guest.map.rights(DATA + LARGE / 2)).isEqualTo(SecondLevelMap.ALL);
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void closedClaimGivesEverythingBack(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        guest.populateLarge(DATA);
        guest.runs(Access.LOAD, DATA + LARGE);
        guest.allow(DATA, LARGE + PAGE, NO_WRITE);
        guest.allow(DATA + 2 * LARGE, LARGE, 0);
        RightsClaim other = guest.vm.claim((cpu, exit) -> Verdict.STOP);
        int noFetch = SecondLevelMap.READ | SecondLevelMap.WRITE;
        guest.vm.exclusively(() -> other.allow(DATA + LARGE, PAGE, noFetch));
        assertThat(guest.map.rights(DATA + LARGE)).isEqualTo(SecondLevelMap.READ);
        guest.vm.exclusively(guest.claim::close);
        assertThat(guest.map.rights(DATA)).isEqualTo(SecondLevelMap.ALL);
        assertThat(guest.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(guest.map.rights(DATA + LARGE)).isEqualTo(noFetch);
        guest.runs(Access.STORE, DATA);
        guest.runs(Access.STORE, DATA + LARGE);
        guest.runs(Access.STORE, DATA + 2 * LARGE);
        assertThat(guest.exits).isEmpty();
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void performedAccessIsMadeOnceAndTheClaimStays(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        guest.verdict = Verdict.PERFORM;
        VirtualCpu cpu = guest.vm.cpus().getFirst();
        guest.runs(Access.LOAD, DATA);
        guest.allow(DATA, PAGE, NO_WRITE);
        for (int i = 0; i < 3; i++) {
            guest.runs(Access.STORE, DATA + 8L * i);
            assertThat(guest.vm.memory().read(DATA + 8L * i)).isNotZero();
            assertThat(guest.map.rights(DATA)).isEqualTo(NO_WRITE);
            assertThat(guest.exits).hasSize(i + 1);
            assertThat(cpu.account().exits(ExitReason.SINGLE_STEP)).isEqualTo(i + 1);
        }
        cpu.kernel().store(DATA + 64, 5);
        assertThat(cpu.kernel().load(DATA + 64)).isEqualTo(5);
        assertThat(guest.exits).hasSize(4);
        guest.verdict = Verdict.STOP;
        assertThat(guest.run(Access.STORE, DATA)).isInstanceOf(VmExit.WriteTrap.class);
        assertThat(guest.run(guest.vm.cpus().getLast(), Access.STORE, DATA))
                .isInstanceOf(VmExit.WriteTrap.class);
        guest.machine.closeAndVerify();
    }

    /// A page that may be written but not read cannot be written either, which is the business of
    /// whoever withholds reading.
    @ParameterizedTest
    @EnumSource
    void writeToAPageThatCannotBeReadIsForItsClaim(SmallGuest.Kind kind) {
        Claimed guest = new Claimed(kind);
        guest.runs(Access.LOAD, DATA);
        guest.allow(DATA, PAGE, SecondLevelMap.WRITE | SecondLevelMap.EXECUTE);
        boolean executeOnly = kind.format != SecondLevelFormat.NPT && !guest.shadow;
        assertThat(guest.map.rights(DATA)).isEqualTo(executeOnly ? SecondLevelMap.EXECUTE : 0);
        assertThat(guest.run(Access.STORE, DATA))
                .isEqualTo(
                        new VmExit.Violation(DATA, GVA + DATA, SecondLevelMap.WRITE, true, false));
        assertThat(guest.run(Access.FETCH, DATA))
                .isInstanceOf(executeOnly ? VmExit.ProgramEnd.class : VmExit.Violation.class);
        assertThat(guest.exits).hasSize(executeOnly ? 1 : 2);
        guest.verdict = Verdict.PERFORM;
        guest.runs(Access.STORE, DATA + 8);
        assertThat(guest.vm.memory().read(DATA + 8)).isNotZero();
        guest.machine.closeAndVerify();
    }
}
