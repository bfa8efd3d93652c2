package org.nestwalk.iommu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.iommu.RemappingUnit.NO_PASID;
import static org.nestwalk.iommu.UnitUnderTest.DEVICE;
import static org.nestwalk.iommu.UnitUnderTest.DOMAIN;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.iommu.table.ContextEntry;
import org.nestwalk.iommu.table.PasidEntry;
import org.nestwalk.iommu.table.RootEntry;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;

/// Every reason of the specification, by the request that meets it.
class FaultReasonsTest {
    private static final long FAR = UnitUnderTest.MEMORY + 4096;
    private static final long PAGE = 0x7000;
    private static final int PASID = 70;

    private final Map<FaultReason, Supplier<FaultReason>> cases = new LinkedHashMap<>();

    @Test
    void everyReasonIsMet() {
        legacy();
        scalable();
        pasids();
        stages();
        Set<FaultReason> all = EnumSet.allOf(FaultReason.class);
        all.removeAll(cases.keySet());
        assertThat(all).isEmpty();
        cases.forEach((reason, met) -> assertThat(met.get()).isEqualTo(reason));
    }

    private void legacy() {
        put(FaultReason.ROOT_NOT_PRESENT, () -> legacyAfter(made -> root(made, 0)));
        put(FaultReason.ROOT_RESERVED, () -> legacyAfter(made -> root(made, 0x11)));
        put(FaultReason.ROOT_UNREADABLE, () -> legacyAfter(made -> made.unit.setRoot(FAR)));
        put(
                FaultReason.CONTEXT_UNREADABLE,
                () -> legacyAfter(made -> root(made, RootEntry.of(FAR))));
        put(FaultReason.CONTEXT_NOT_PRESENT, () -> legacyAfter(made -> made.tables.detach(DEVICE)));
        put(
                FaultReason.CONTEXT_INVALID,
                () -> legacyAfter(made -> context(made, 8, ContextEntry.legacyHigh(DOMAIN, 3))));
        put(
                FaultReason.CONTEXT_RESERVED,
                () -> legacyAfter(made -> context(made, 8, 1L << 30 | 2)));
        put(FaultReason.ADDRESS_TOO_WIDE, () -> legacy(1L << 48, false));
        put(FaultReason.READ, () -> legacy(0x9000, false));
        put(FaultReason.WRITE, () -> legacy(PAGE, true));
        put(
                FaultReason.TABLE_UNREADABLE,
                () -> legacyAfter(made -> made.memory.write(made.domain.root(), FAR | 3)));
        put(
                FaultReason.ENTRY_RESERVED,
                () -> legacyAfter(made -> made.memory.write(made.domain.root(), 1L << 50 | 3)));
        put(
                FaultReason.DEVICE_TLB_BLOCKED,
                () -> {
                    UnitUnderTest made = mapped(false);
                    made.unit.translationRequest(DEVICE, NO_PASID, PAGE, false);
                    return made.fault();
                });
        put(
                FaultReason.PASID_IN_LEGACY_MODE,
                () -> {
                    UnitUnderTest made = mapped(false);
                    made.unit.translate(DEVICE, PASID, PAGE, false);
                    return made.fault();
                });
    }

    private void scalable() {
        put(
                FaultReason.SCALABLE_ROOT_UNREADABLE,
                () -> scalableAfter(made -> made.unit.setRoot(FAR | RootEntry.SCALABLE)));
        put(FaultReason.SCALABLE_ROOT_NOT_PRESENT, () -> scalableAfter(made -> root(made, 0)));
        put(FaultReason.SCALABLE_ROOT_RESERVED, () -> scalableAfter(made -> root(made, 0x11)));
        put(
                FaultReason.SCALABLE_CONTEXT_UNREADABLE,
                () -> scalableAfter(made -> root(made, RootEntry.of(FAR))));
        put(
                FaultReason.SCALABLE_CONTEXT_NOT_PRESENT,
                () -> scalableAfter(made -> made.tables.detach(DEVICE)));
        put(
                FaultReason.SCALABLE_CONTEXT_RESERVED,
                () -> scalableAfter(made -> context(made, 0, 0x21)));
        put(
                FaultReason.SCALABLE_DEVICE_TLB_BLOCKED,
                () -> {
                    UnitUnderTest made = mapped(true);
                    made.unit.translationRequest(DEVICE, NO_PASID, PAGE, false);
                    return made.fault();
                });
        put(
                FaultReason.PAGE_REQUESTS_BLOCKED,
                () -> {
                    UnitUnderTest made = mapped(true);
                    made.unit.requestPage(new PageRequests.Request(DEVICE, NO_PASID, 0, true, 1));
                    return made.fault();
                });
        put(FaultReason.SECOND_TOO_WIDE, () -> scalable(1L << 48, false));
        put(FaultReason.SECOND_NOT_PRESENT, () -> scalable(0x9000, false));
        put(FaultReason.SCALABLE_WRITE, () -> scalable(PAGE, true));
        put(
                FaultReason.SCALABLE_READ,
                () -> {
                    UnitUnderTest made = mapped(true);
                    made.memory.write(
                            made.domain.root(),
                            made.memory.read(made.domain.root()) & ~EptEntry.READ);
                    made.hpa(PAGE, false);
                    return made.fault();
                });
        put(
                FaultReason.SECOND_UNREADABLE,
                () -> scalableAfter(made -> made.memory.write(made.domain.root(), FAR | 3)));
        put(
                FaultReason.SECOND_RESERVED,
                () -> scalableAfter(made -> made.memory.write(made.domain.root(), 1L << 50 | 3)));
        put(
                FaultReason.HOST_WIDTH,
                () -> {
                    UnitUnderTest made = new UnitUnderTest(true);
                    made.tables.passThrough(DEVICE, DOMAIN);
                    made.hpa(1L << 46, false);
                    return made.fault();
                });
    }

    private void pasids() {
        put(
                FaultReason.PASIDS_BLOCKED,
                () -> {
                    UnitUnderTest made = mapped(true);
                    long at = made.tables.contextAt(DEVICE);
                    made.memory.write(at, made.memory.read(at) & ~ContextEntry.SCALABLE_PASIDS);
                    made.unit.translate(DEVICE, PASID, PAGE, false);
                    return made.fault();
                });
        put(FaultReason.PASID_TOO_LARGE, () -> pasid(128 * 64));
        put(
                FaultReason.DIRECTORY_UNREADABLE,
                () -> scalableAfter(made -> context(made, 0, FAR | 1)));
        put(FaultReason.DIRECTORY_NOT_PRESENT, () -> pasid(64));
        put(
                FaultReason.DIRECTORY_RESERVED,
                () -> scalableAfter(made -> made.memory.write(directory(made), 0x11)));
        put(
                FaultReason.PASID_UNREADABLE,
                () -> scalableAfter(made -> made.memory.write(directory(made), FAR | 1)));
        put(FaultReason.PASID_NOT_PRESENT, () -> pasid(1));
        put(FaultReason.PASID_RESERVED, () -> scalableAfter(made -> entry(made, 0x21)));
        put(FaultReason.PASID_INVALID, () -> scalableAfter(made -> entry(made, 1)));
    }

    private void stages() {
        put(FaultReason.FIRST_NOT_PRESENT, () -> nested(0x9000, false, 0, 0));
        put(FaultReason.FIRST_UNREADABLE, () -> first(FAR | 7));
        put(FaultReason.FIRST_RESERVED, () -> first(1L << 50 | 7));
        put(FaultReason.NOT_CANONICAL, () -> nested(1L << 47, false, 0, 0));
        put(FaultReason.SUPERVISOR_PAGE, () -> nested(PAGE, false, PagingEntry.USER, 0));
        put(FaultReason.FIRST_READ_REFUSED, () -> nested(PAGE, false, 0, EptEntry.READ));
        put(FaultReason.FIRST_WRITE_REFUSED, () -> nested(PAGE, false, 0, EptEntry.WRITE));
    }

    private void put(FaultReason reason, Supplier<FaultReason> met) {
        cases.put(reason, met);
    }

    private interface Change {
        void apply(UnitUnderTest made);
    }

    private static UnitUnderTest mapped(boolean scalable) {
        UnitUnderTest made = new UnitUnderTest(scalable).attach();
        made.domain.map(PAGE, 0x5000, PageSize.SIZE_4K, false);
        return made;
    }

    private static FaultReason legacy(long address, boolean write) {
        UnitUnderTest made = mapped(false);
        made.hpa(address, write);
        return made.fault();
    }

    private static FaultReason scalable(long address, boolean write) {
        UnitUnderTest made = mapped(true);
        made.hpa(address, write);
        return made.fault();
    }

    private static FaultReason pasid(int pasid) {
        UnitUnderTest made = mapped(true);
        made.unit.translate(DEVICE, pasid, PAGE, false);
        return made.fault();
    }

    private static FaultReason legacyAfter(Change change) {
        return after(mapped(false), change);
    }

    private static FaultReason scalableAfter(Change change) {
        return after(mapped(true), change);
    }

    private static FaultReason after(UnitUnderTest made, Change change) {
        change.apply(made);
        made.hpa(PAGE, false);
        return made.fault();
    }

    private static void root(UnitUnderTest made, long half) {
        long root = made.tables.rootRegister() & -4096;
        made.memory.write(root + (DEVICE >>> 8) * 16L, half);
    }

    private static void context(UnitUnderTest made, int offset, long word) {
        made.memory.write(made.tables.contextAt(DEVICE) + offset, word);
    }

    private static long directory(UnitUnderTest made) {
        return ContextEntry.address(made.memory.read(made.tables.contextAt(DEVICE)));
    }

    private static void entry(UnitUnderTest made, long word) {
        made.memory.write(PasidEntry.address(made.memory.read(directory(made))), word);
    }

    /// First stage alone, whose root entry is `entry`.
    private static FaultReason first(long entry) {
        UnitUnderTest made = new UnitUnderTest(true);
        long root = made.frames.allocate();
        made.memory.write(root, entry);
        made.tables.attach(
                DEVICE,
                PASID,
                DOMAIN,
                PasidEntry.low(0, 4, PasidEntry.FIRST, false),
                PasidEntry.first(root, 4),
                false);
        made.unit.translate(DEVICE, PASID, PAGE, false);
        return made.fault();
    }

    /// Both stages, the second of which is identity for 1 GiB.
    ///
    /// @param supervisor bit to take from the first stage's leaf
    /// @param refused right that the second stage has not on the first stage's tables
    private static FaultReason nested(long address, boolean write, long supervisor, long refused) {
        UnitUnderTest made = new UnitUnderTest(true);
        PageTable first = new PageTable(made.memory, made.frames, TableFormat.X86, 4);
        first.map(PAGE, 0x5000, PageSize.SIZE_4K);
        first.protect(PAGE, supervisor, 0);
        made.domain.map(0, 0, PageSize.SIZE_1G, true);
        if (refused != 0) {
            long leaf = made.memory.read(made.domain.root()) & EptEntry.ADDRESS;
            made.memory.write(leaf, made.memory.read(leaf) & ~refused);
        }
        made.tables.attach(
                DEVICE,
                PASID,
                DOMAIN,
                PasidEntry.low(made.domain.root(), 4, PasidEntry.NESTED, false),
                PasidEntry.first(first.root(), 4),
                false);
        made.unit.translate(DEVICE, PASID, address, write);
        return made.fault();
    }

    @Test
    void faultsThatDoNotFitAreLostAndThatIsKept() {
        UnitUnderTest made = mapped(false);
        for (int i = 0; i < 20; i++) {
            made.hpa(0x9000, false);
        }
        assertThat(made.unit.faults().isOverflown()).isTrue();
        assertThat(made.unit.faults().seen()).isEqualTo(20);
        int kept = 0;
        while (made.unit.faults().take() != null) {
            kept++;
        }
        assertThat(kept).isEqualTo(8);
        made.hpa(0x9000, false);
        assertThat(made.unit.faults().take()).isNull();
        made.unit.faults().clearOverflow();
        made.hpa(0x9000, true);
        assertThat(made.unit.faults().take())
                .hasToString(
                        "device 03:02.0, write of 0x9000: the tables refuse writing (reason 0x5)");
    }

    @Test
    void faultsOfADeviceWhoseAreDisabledAreNotRecorded() {
        UnitUnderTest made = mapped(false);
        long at = made.tables.contextAt(DEVICE);
        made.memory.write(at, made.memory.read(at) | ContextEntry.FAULTS_DISABLED);
        assertThat(made.hpa(0x9000, false)).isEqualTo(-1);
        assertThat(made.unit.faults().seen()).isZero();
    }
}
