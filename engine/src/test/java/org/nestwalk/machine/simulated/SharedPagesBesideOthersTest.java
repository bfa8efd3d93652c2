package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.CollapseSettings;
import org.nestwalk.hypervisor.HostKhugepaged;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Sharing beside whatever else happens to pages: monitors, tracking, collapsing, transactions,
/// nodes and encryption.
class SharedPagesBesideOthersTest {
    private static final long PAGE = SharingPair.PAGE;
    private static final long LARGE = SharingPair.LARGE;
    private static final long DATA = SharingPair.DATA;

    /// A monitor lets reads of a guest table be performed, in which the processor sets flags.
    @ParameterizedTest
    @EnumSource
    void pageOpenedForOneAccessIsStillNotWrittenByTheOthers(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        long entry = 0x3000 + 8 * (DATA / LARGE);
        long other = 0x3000 + 8 * (2 * DATA / LARGE);
        assertThat(pair.two.share(DATA, pair.one, 0x3000, PageSize.SIZE_4K)).isTrue();
        long before = pair.two.vm.memory().read(DATA + (other & 0xfff));
        pair.one.vm.exclusively(() -> pair.one.monitor.allow(0x3000, PAGE, 0));
        assertThat(pair.one.access(0, Access.STORE, 2 * DATA)).isTrue();
        assertThat(pair.one.vm.memory().read(other)).isNotEqualTo(before);
        assertThat(pair.two.vm.memory().read(DATA + (other & 0xfff))).isEqualTo(before);
        assertThat(pair.two.vm.memory().read(DATA + (entry & 0xfff))).isEqualTo(DATA | 0x87);
        pair.machine.closeAndVerify();
    }

    /// A frame that is alone in a large page is written in place while a monitor withholds writing
    /// on all of that page, so that what all claims allow is the same everywhere.
    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD", "NPT"})
    void otherClaimsDoNotHideWhichPartOfALargePageIsShared(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_2M)).isTrue();
        assertThat(pair.one.access(0, Access.STORE, DATA + PAGE)).isTrue();
        pair.two.vm.exclusively(() -> pair.two.monitor.allow(DATA, LARGE, SecondLevelMap.READ));
        assertThat(pair.two.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(pair.two.access(0, Access.STORE, DATA + PAGE)).isTrue();
        assertThat(pair.two.access(0, Access.STORE, DATA + 2 * PAGE)).isTrue();
        pair.machine.checkInvariants();
        pair.end();
    }

    /// The monitor withholds the same as sharing does, until the page is no longer shared.
    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD", "NPT"})
    void copyOfALargePageLeavesPiecesOfItWithheld(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        pair.two.vm.exclusively(() -> pair.two.map.copyWhole(true));
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_2M)).isTrue();
        int reading = SecondLevelMap.READ | SecondLevelMap.EXECUTE;
        pair.two.vm.exclusively(() -> pair.two.monitor.allow(DATA + PAGE, PAGE, reading));
        assertThat(pair.two.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(pair.two.access(0, Access.STORE, DATA)).isTrue();
        pair.machine.checkInvariants();
        assertThat(pair.two.map.rights(DATA)).isEqualTo(SecondLevelMap.ALL);
        assertThat(pair.two.map.rights(DATA + PAGE)).isEqualTo(reading);
        pair.end();
    }

    @Test
    void frameThatALargePageMapsIsNotMoved() {
        SharingPair pair = new SharingPair(SmallGuest.Kind.NPT);
        pair.fillsLarge(pair.one);
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_2M)).isTrue();
        assertThat(pair.two.access(0, Access.STORE, DATA)).isTrue();
        long alone = pair.frame(pair.one, DATA);
        long shared = pair.frame(pair.one, DATA + PAGE);
        assertThat(pair.machine.isPinned(alone)).isTrue();
        assertThat(pair.machine.isPinned(shared)).isTrue();
        pair.one.vm.exclusively(() -> pair.one.map.split(DATA));
        assertThat(pair.machine.isPinned(alone)).isFalse();
        assertThat(pair.machine.isPinned(shared)).isFalse();
        pair.end();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void everySourceFindsCopiedAndSharedPages(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        for (DirtySource source : pair.two.vm.dirtySources()) {
            DirtyPages pages = pair.two.vm.trackDirty(source);
            assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
            assertThat(found(pages)).as("%s, shared", source).contains(DATA);
            assertThat(pair.two.access(0, Access.LOAD, DATA)).isTrue();
            assertThat(found(pages)).as("%s, read", source).doesNotContain(DATA);
            assertThat(pair.two.access(0, Access.STORE, DATA)).isTrue();
            assertThat(found(pages)).as("%s, copied", source).contains(DATA);
            pair.two.unmap(DATA, PAGE);
            assertThat(found(pages)).as("%s, unmapped", source).contains(DATA);
            pages.close();
        }
        pair.end();
    }

    private static List<Long> found(DirtyPages pages) {
        PageSet found = new PageSet();
        pages.collect(found);
        List<Long> list = new ArrayList<>();
        found.forEach(list::add);
        return list;
    }

    @Test
    void khugepagedLeavesRangesThatAreMostlyShared() {
        SharingPair pair = new SharingPair(SmallGuest.Kind.NPT);
        for (long page = DATA; page < DATA + 300 * PAGE; page += PAGE) {
            assertThat(pair.one.access(0, Access.STORE, page)).isTrue();
            if (page < DATA + 257 * PAGE) {
                assertThat(pair.two.share(page, pair.one, page, PageSize.SIZE_4K)).isTrue();
            }
        }
        HostKhugepaged khugepaged =
                new HostKhugepaged(pair.one.vm, pair.machine.host(), CollapseSettings.LINUX);
        khugepaged.tick(CollapseSettings.LINUX.scanSleepNanos());
        assertThat(pair.one.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
        pair.two.unmap(DATA, PAGE);
        khugepaged.tick(2 * CollapseSettings.LINUX.scanSleepNanos());
        assertThat(pair.one.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
    }

    /// What a transaction has stored is undone before the page is shared.
    @Test
    void storesOfTransactionsAreNotShared() {
        SimulatedMachine machine =
                new SimulatedMachine(SimulatedSettings.of(TransactionGuest.model(), 32L << 20));
        SharingGuest one =
                new SharingGuest(machine, TranslationMode.NESTED, DirtySource.FLAGS, null);
        SharingGuest two =
                new SharingGuest(machine, TranslationMode.NESTED, DirtySource.FLAGS, null);
        TransactionalCpu cpu =
                machine.useTransactions(one.vm, TransactionSettings.of(4, 1)).cpus().getFirst();
        assertThat(cpu.access(Access.pack(Access.STORE, SharingGuest.GVA + DATA))).isTrue();
        long before = one.vm.memory().read(DATA);
        cpu.begin();
        assertThat(cpu.access(Access.pack(Access.STORE, SharingGuest.GVA + DATA))).isTrue();
        one.vm.exclusively(() -> two.map.share(DATA, one.vm, DATA, PageSize.SIZE_4K));
        assertThat(cpu.isActive()).isFalse();
        assertThat(two.vm.memory().read(DATA)).isEqualTo(before);
        machine.closeAndVerify();
    }

    @Test
    void sharedPagesStayOnTheirNode() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 48L << 20)
                                .withTopology(Topology.of(2, 1.5)));
        SharingGuest one =
                new SharingGuest(machine, TranslationMode.NESTED, DirtySource.FLAGS, null);
        SharingGuest two =
                new SharingGuest(machine, TranslationMode.NESTED, DirtySource.FLAGS, null);
        assertThat(one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(one.access(0, Access.STORE, DATA + PAGE)).isTrue();
        assertThat(two.share(DATA, one, DATA, PageSize.SIZE_4K)).isTrue();
        one.vm.exclusively(() ->
                assertThat(one.vm.placement().orElseThrow().migrate(DATA, LARGE, 1)).isEqualTo(1));
        assertThat(two.access(0, Access.LOAD, DATA)).isTrue();
        machine.closeAndVerify();
    }

    @Test
    void encryptedMemoryIsNotShared() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 32L << 20)
                                .with(MemoryEncryption.FREE));
        VirtualMachine plain =
                machine.create(new VmSettings("plain", LARGE, 1, TranslationMode.NESTED));
        VirtualMachine secret =
                machine.create(
                        new VmSettings(
                                "secret", LARGE, 1, TranslationMode.NESTED, Protection.ENCRYPTED));
        plain.exclusively(() -> {
            plain.secondLevel().populate(0, PageSize.SIZE_4K);
            secret.secondLevel().populate(0, PageSize.SIZE_4K);
            String message =
                    "secret: encrypted memory cannot be shared, since it means nothing under"
                            + " another key or elsewhere";
            assertThatThrownBy(() -> plain.secondLevel().share(PAGE, secret, 0, PageSize.SIZE_4K))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> secret.secondLevel().merge(0, plain, 0))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(message);
        });
        machine.closeAndVerify();
    }
}
