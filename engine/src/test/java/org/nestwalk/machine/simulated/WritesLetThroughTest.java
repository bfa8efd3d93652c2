package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;

/// Claims that withhold the right to write, but for parts of a page or flags of guest tables.
class WritesLetThroughTest {
    private static final long PAGE = 4096;
    private static final long GVA = SmallGuest.GVA;
    private static final long DATA = 4 << 20;
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    private static final class Parts extends SmallGuest {
        final RightsClaim claim = vm.claim(this::handle);

        Parts(Kind kind) {
            super(kind);
            mapAll();
            run(Access.STORE, GVA + DATA);
            exits.clear();
        }

        void withhold(int parts) {
            vm.exclusively(() -> {
                claim.allow(DATA, PAGE, READ_ONLY);
                claim.allowParts(DATA, parts);
            });
        }

        boolean writes(long offset) {
            return run(Access.STORE, GVA + DATA + offset) instanceof VmExit.ProgramEnd;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD"})
    void partsAreWrittenWithoutAnExit(SmallGuest.Kind kind) {
        Parts guest = new Parts(kind);
        guest.withhold(1 << 1);
        assertThat(guest.writes(128)).isTrue();
        assertThat(guest.writes(255)).isTrue();
        assertThat(guest.exits).isEmpty();
        assertThat(guest.writes(256)).isFalse();
        assertThat(guest.writes(0)).isFalse();
        assertThat(guest.exits).hasSize(2);
        assertThat(guest.writes(128)).isTrue();
        guest.machine.closeAndVerify();
    }

    @Test
    void aKnownWalkOfOnePartSaysNothingOfAnother() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(
                                Processors.withKnownWalks(SmallGuest.Kind.EPT_AD.format),
                                4 * SmallGuest.MEMORY));
        SmallGuest guest =
                new SmallGuest(
                        machine,
                        new VmSettings("vm", SmallGuest.MEMORY, 1, TranslationMode.NESTED));
        guest.mapAll();
        guest.run(Access.STORE, GVA + DATA);
        RightsClaim claim = guest.vm.claim(guest::handle);
        guest.vm.exclusively(() -> {
            claim.allow(DATA, PAGE, READ_ONLY);
            claim.allowParts(DATA, 1);
        });
        for (int i = 0; i < 5; i++) {
            assertThat(guest.run(Access.STORE, GVA + DATA)).isInstanceOf(VmExit.ProgramEnd.class);
            assertThat(guest.run(Access.STORE, GVA + DATA + 512))
                    .isInstanceOf(VmExit.WriteTrap.class);
        }
        machine.closeAndVerify();
    }

    @Test
    void whatAnotherClaimWithholdsIsNotLetThrough() {
        Parts guest = new Parts(SmallGuest.Kind.EPT_AD);
        guest.withhold(-1);
        RightsClaim other = guest.vm.claim(guest::handle);
        guest.vm.exclusively(() -> other.allow(DATA, PAGE, READ_ONLY));
        assertThat(guest.writes(0)).isFalse();
        guest.vm.exclusively(() -> other.allowParts(DATA, 1));
        assertThat(guest.writes(0)).isTrue();
        assertThat(guest.writes(128)).isFalse();
        guest.vm.exclusively(other::close);
        assertThat(guest.writes(128)).isTrue();
        guest.machine.closeAndVerify();
    }

    @Test
    void aTrackerOfAllMemoryStillFindsThePage() {
        Parts guest = new Parts(SmallGuest.Kind.EPT_AD);
        guest.withhold(1);
        for (DirtySource source :
                new DirtySource[] {DirtySource.TRAPS, DirtySource.LOG, DirtySource.FLAGS}) {
            try (DirtyPages written = guest.vm.trackDirty(source)) {
                assertThat(guest.writes(8)).isTrue();
                PageSet found = new PageSet();
                written.collect(found);
                assertThat(found.contains(DATA)).as("%s", source).isTrue();
                assertThat(guest.writes(512)).isFalse();
            }
        }
        assertThat(guest.writes(8)).isTrue();
        guest.machine.closeAndVerify();
    }

    @Test
    void allowSaysAllAgain() {
        Parts guest = new Parts(SmallGuest.Kind.EPT);
        guest.withhold(1);
        guest.vm.exclusively(() -> guest.claim.allow(DATA, PAGE, READ_ONLY));
        assertThat(guest.writes(0)).isFalse();
        guest.withhold(2);
        guest.vm.exclusively(() -> guest.claim.allow(DATA, PAGE, SecondLevelMap.ALL));
        assertThat(guest.writes(512)).isTrue();
        guest.machine.closeAndVerify();
    }

    @Test
    void aLargePageIsSplitForParts() {
        Parts guest = new Parts(SmallGuest.Kind.EPT_AD);
        guest.backing = PageSize.SIZE_2M;
        long large = 8 << 20;
        guest.run(Access.STORE, GVA + large);
        assertThat(guest.vm.secondLevel().pageSize(large)).isEqualTo(PageSize.SIZE_2M);
        guest.vm.exclusively(() -> {
            guest.claim.allow(large, PageSize.SIZE_2M.bytes(), READ_ONLY);
            guest.claim.allowParts(large + PAGE, 1);
        });
        assertThat(guest.run(Access.STORE, GVA + large + PAGE))
                .isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(guest.run(Access.STORE, GVA + large)).isInstanceOf(VmExit.WriteTrap.class);
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD"})
    void processorsSetFlagsOfGuardedTables(SmallGuest.Kind kind) {
        Parts guest = new Parts(kind);
        guest.map(GVA + (10 << 20), (long) (10 << 20) | 0x87);
        guest.vm.exclusively(() -> {
            guest.claim.allow(SmallGuest.LEVEL2, PAGE, READ_ONLY);
            guest.claim.allowFlags(SmallGuest.LEVEL2, PAGE);
        });
        guest.exits.clear();
        guest.kernel.loadCr3(SmallGuest.ROOT, false);
        assertThat(guest.run(Access.LOAD, GVA + DATA)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(guest.exits).noneMatch(exit -> exit instanceof VmExit.WriteTrap);
        assertThatThrownBy(() -> guest.kernel.store(SmallGuest.LEVEL2, 0))
                .isInstanceOf(UnhandledExit.class);
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(names = {"NPT", "SHADOW"})
    void machinesWithoutItSaySo(SmallGuest.Kind kind) {
        Parts guest = new Parts(kind);
        assertThatThrownBy(() -> guest.withhold(1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("parts of pages");
        assertThatThrownBy(() -> guest.vm.exclusively(() -> guest.claim.allowFlags(DATA, PAGE)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("flags of guest tables");
        if (kind == SmallGuest.Kind.NPT) {
            assertThat(guest.machine.capabilities())
                    .doesNotContain(Capability.SUB_PAGES, Capability.PAGING_WRITE);
        }
        guest.machine.closeAndVerify();
    }
}
