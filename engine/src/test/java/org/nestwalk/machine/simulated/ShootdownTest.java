package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// The three moments of an invalidation, and when frames are free.
class ShootdownTest {
    private static final long PAGE = 4096;
    private static final long DATA = SharingGuest.REGION;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 16L << 20));
    private final SharingGuest guest =
            new SharingGuest(machine, TranslationMode.NESTED, DirtySource.FLAGS, null);
    private final SimulatedVm vm = machine.own(guest.vm);
    private final SecondLevelTables tables = vm.tables();

    @BeforeEach
    void bothCpusCacheThePage() {
        assertThat(guest.access(0, Access.STORE, DATA)).isTrue();
        assertThat(guest.access(1, Access.LOAD, DATA)).isTrue();
    }

    /// Where a CPU finds the page: what it has cached, if it has.
    private long translate(int cpu) {
        long[] found = new long[1];
        long[] access = {Access.pack(Access.LOAD, SharingGuest.GVA + DATA)};
        vm.simulatedCpus().get(cpu).translation().mmu().run(access, 0, 1, found);
        return found[0];
    }

    /// Has the page elsewhere, as the first CPU's work, with nobody told.
    private void movePage(long from, long to) {
        for (long offset = 0; offset < PAGE; offset += 8) {
            machine.frames()
                    .contents()
                    .write(to + offset, machine.frames().contents().read(from + offset));
        }
        tables.claimed().replace(DATA, PageSize.SIZE_4K, from, to);
    }

    @Test
    void cpusForgetAtDispatchAndAtTheLatestWhenAwaited() {
        SimulatedCpu first = vm.simulatedCpus().getFirst();
        SimulatedCpu second = vm.simulatedCpus().getLast();
        long from = tables.hostAddress(DATA);
        first.alone(() -> {
            long to = machine.frames().take(PageSize.SIZE_4K, 0, FrameOwners.PAGE, 1, DATA);
            long before = first.account().cycles();
            long interruptedBefore = second.account().cycles();
            movePage(from, to);
            vm.context()
                    .shootdown()
                    .retire(() -> machine.frames().drop(from, PageSize.SIZE_4K, 1, DATA));
            vm.context().shootdown().issue(DATA, PAGE);
            assertThat(translate(0)).isEqualTo(from);
            assertThat(translate(1)).isEqualTo(from);
            vm.context().shootdown().dispatch();
            assertThat(translate(0)).isEqualTo(to);
            assertThat(translate(1)).isEqualTo(from);
            assertThat(first.account().cycles(Cost.HOST_SHOOTDOWN)).isEqualTo(2_000);
            assertThat(first.account().cycles() - before).isEqualTo(2_000);
            assertThat(second.account().cycles() - interruptedBefore).isZero();
            vm.context().shootdown().await();
            assertThat(translate(1)).isEqualTo(to);
            assertThat(second.account().cycles() - interruptedBefore).isEqualTo(1_500);
        });
        machine.closeAndVerify();
    }

    @Test
    void retiredFrameIsHandedOutOnlyWhenEveryCpuHasForgotten() {
        long from = tables.hostAddress(DATA);
        vm.exclusively(() -> {
            long to = machine.frames().take(PageSize.SIZE_4K, 0, FrameOwners.PAGE, 1, DATA);
            movePage(from, to);
            vm.context()
                    .shootdown()
                    .retire(() -> machine.frames().drop(from, PageSize.SIZE_4K, 1, DATA));
            vm.context().shootdown().issue(DATA, PAGE);
            assertThat(takeAll()).doesNotContain(from);
            vm.context().shootdown().dispatch();
            assertThat(takeAll()).doesNotContain(from);
            vm.context().shootdown().await();
            assertThat(takeAll()).contains(from);
        });
        machine.closeAndVerify();
    }

    /// Every frame that is free, all of which are given back.
    private List<Long> takeAll() {
        List<Long> taken = new ArrayList<>();
        for (long hpa = reserve(); hpa != -1; hpa = reserve()) {
            taken.add(hpa);
        }
        taken.forEach(hpa -> machine.host().release(hpa, PageSize.SIZE_4K));
        return taken;
    }

    private long reserve() {
        return machine.host().reserve(PageSize.SIZE_4K);
    }

    /// What takes frames from pages: everything that it gives back is still there when the first
    /// thing retired goes, which is when every CPU has forgotten.
    enum Change {
        /// Gives back a page, and its table, of which it was the only one.
        UNMAP(2),
        /// Gives back a page, and its table.
        COLLAPSE(2),
        /// Gives back the frame that it shared with nobody else any more.
        MERGE(1),
        /// Gives back nothing, as the other page keeps the frame.
        UNSHARE(0);

        final int given;

        Change(int given) {
            this.given = given;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsFreeBeforeEveryCpuHasForgotten(Change change) {
        long other = 2 * DATA;
        if (change == Change.MERGE) {
            guest.kernelCopy(0, DATA, other);
        } else if (change == Change.UNSHARE) {
            assertThat(guest.share(other, guest, DATA, PageSize.SIZE_4K)).isTrue();
        }
        long hpa = tables.hostAddress(DATA);
        List<Long> freeAtFirst = new ArrayList<>();
        guest.vm.exclusively(() -> {
            vm.context()
                    .shootdown()
                    .retire(() -> {
                        freeAtFirst.add(machine.host().freeBytes());
                        assertThat(machine.frames().owners().backs(hpa, vm.context().id(), DATA))
                                .isTrue();
                    });
            switch (change) {
                case UNMAP -> guest.map.unmap(DATA, PAGE);
                case COLLAPSE -> assertThat(guest.map.collapse(DATA, -1)).isEqualTo(1);
                case MERGE -> assertThat(guest.map.merge(DATA, guest.vm, other)).isTrue();
                case UNSHARE -> assertThat(guest.map.unshare(DATA)).isTrue();
            }
        });
        assertThat(freeAtFirst).hasSize(1);
        assertThat(machine.host().freeBytes() - freeAtFirst.getFirst())
                .isEqualTo(change.given * PAGE);
        assertThat(machine.frames().owners().backs(hpa, vm.context().id(), DATA)).isFalse();
        machine.closeAndVerify();
    }

    @Test
    void whatIsIssuedGoesOutTogether() {
        SimulatedCpu first = vm.simulatedCpus().getFirst();
        long before = first.account().cycles();
        first.alone(() -> {
            vm.context().shootdown().issue(DATA, PAGE);
            vm.context().shootdown().issue(2 * DATA, PAGE);
            vm.context().shootdown().dispatch();
            vm.context().shootdown().await();
        });
        assertThat(first.account().cycles() - before).isEqualTo(2_000);
        assertThat(guest.map.rights(DATA)).isEqualTo(SecondLevelMap.ALL);
    }

    @Test
    void momentsComeInTheirOrder() {
        vm.exclusively(() -> {
            vm.context().shootdown().issue(DATA, PAGE);
            assertThatThrownBy(() -> vm.context().shootdown().await())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("stale translations have not been sent to CPUs");
            vm.context().shootdown().dispatch();
            assertThatThrownBy(() -> vm.context().shootdown().dispatch())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("CPUs have not answered the last shootdown");
            vm.context().shootdown().await();
        });
    }
}
