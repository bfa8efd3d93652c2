package org.nestwalk.memory.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.RmpEntry;
import org.nestwalk.memory.FlatMemory;

class ReverseMapTest {
    private static final long REFUSED = PageFaultCode.OWNERSHIP | PageFaultCode.ENCRYPTED;
    private static final long BLOCK = 2L << 20;
    private static final int GUEST = 5;

    private final ReverseMap map = new ReverseMap(new FlatMemory(0), 1 << 16);

    private long owned(long hpa, long gpa) {
        return map.judge(hpa, gpa, GUEST, true, true, 1);
    }

    @Test
    void entryHasTheFormatOfTheProcessor() {
        long entry = RmpEntry.assigned(0x3ff, 0x7_ffff_ffff_f000L, true);
        assertThat(entry).isEqualTo(0x1fff_ffff_ffff_f003L);
        assertThat(RmpEntry.asid(entry)).isEqualTo(0x3ff);
        assertThat(RmpEntry.page(entry)).isEqualTo(0x7_ffff_ffff_f000L);
        assertThat(RmpEntry.has(entry, RmpEntry.VALIDATED)).isFalse();
    }

    @Test
    void onlyTheOwnerReachesAPageAndOnlyWhereItHasIt() {
        assertThat(owned(0x5000, 0x1000)).isEqualTo(REFUSED);
        map.assign(0x5000, PageSize.SIZE_4K, GUEST, 0x1000);
        assertThat(owned(0x5000, 0x1000)).isEqualTo(ReverseMap.NOT_VALIDATED);
        map.validate(0x5000);
        assertThat(owned(0x5000, 0x1000)).isZero();
        assertThat(owned(0x5000, 0x2000)).isEqualTo(REFUSED);
        assertThat(map.judge(0x5000, 0x1000, GUEST + 1, true, false, 1)).isEqualTo(REFUSED);
        assertThat(owned(0x6000, 0x1000)).isEqualTo(REFUSED);
    }

    @Test
    void everyAssignmentTakesValidationAway() {
        map.assign(0x5000, PageSize.SIZE_4K, GUEST, 0x1000);
        map.validate(0x5000);
        map.take(0x5000, PageSize.SIZE_4K);
        assertThat(owned(0x5000, 0x1000)).isEqualTo(REFUSED);
        map.assign(0x5000, PageSize.SIZE_4K, GUEST, 0x1000);
        assertThat(owned(0x5000, 0x1000)).isEqualTo(ReverseMap.NOT_VALIDATED);
    }

    @Test
    void othersMayReadWhatIsOwnedAndNotWriteIt() {
        map.assign(0x5000, PageSize.SIZE_4K, GUEST, 0x1000);
        int other = ReverseMap.HYPERVISOR;
        assertThat(map.judge(0x5000, 0x9000, other, false, false, 1)).isZero();
        assertThat(map.judge(0x5000, 0x9000, other, false, true, 1))
                .isEqualTo(PageFaultCode.OWNERSHIP);
        assertThat(map.judge(0x6000, 0x9000, other, false, true, 2)).isZero();
    }

    @Test
    void ownersShareWhatTheHypervisorHasAndNothingElse() {
        map.assign(0x5000, PageSize.SIZE_4K, GUEST, 0x1000);
        map.validate(0x5000);
        assertThat(map.judge(0x5000, 0x1000, GUEST, false, false, 1))
                .isEqualTo(PageFaultCode.OWNERSHIP);
        assertThat(map.judge(0x6000, 0x1000, GUEST, false, true, 1)).isZero();
    }

    @Test
    void largePageIsOneEntryUntilItIsSmashed() {
        map.assign(BLOCK, PageSize.SIZE_2M, GUEST, 2 * BLOCK);
        map.validate(BLOCK + 0x3000);
        assertThat(map.judge(BLOCK + 0x7000, 2 * BLOCK + 0x7000, GUEST, true, true, 2)).isZero();
        assertThat(owned(BLOCK + 0x7000, 2 * BLOCK + 0x7000)).isZero();
        assertThat(owned(BLOCK + 0x7000, 2 * BLOCK + 0x8000)).isEqualTo(REFUSED);
        assertThatThrownBy(() -> map.take(BLOCK + 0x7000, PageSize.SIZE_4K))
                .isInstanceOf(IllegalArgumentException.class);
        map.smash(BLOCK);
        assertThat(map.judge(BLOCK + 0x7000, 2 * BLOCK + 0x7000, GUEST, true, true, 2))
                .isEqualTo(REFUSED | PageFaultCode.SIZE_MISMATCH);
        assertThat(owned(BLOCK + 0x7000, 2 * BLOCK + 0x7000)).isZero();
        map.take(BLOCK + 0x7000, PageSize.SIZE_4K);
        assertThat(owned(BLOCK + 0x7000, 2 * BLOCK + 0x7000)).isEqualTo(REFUSED);
        assertThat(owned(BLOCK + 0x6000, 2 * BLOCK + 0x6000)).isZero();
    }
}
