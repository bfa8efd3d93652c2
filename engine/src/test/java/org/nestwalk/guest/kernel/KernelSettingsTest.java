package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.PagingEntry;

/// Bounds, each at its last good value and the first bad one.
class KernelSettingsTest {
    private static void good(Runnable made) {
        assertThatCode(made::run).doesNotThrowAnyException();
    }

    private static void bad(Runnable made) {
        assertThatThrownBy(made::run).isInstanceOf(InputException.class);
    }

    @Test
    void scanningHasBounds() {
        good(() -> new ScanSettings(true, 512, 1, 1, 0, 0));
        good(() -> new ScanSettings(true, 512, 1, 1, 511, 511));
        bad(() -> new ScanSettings(true, 511, 1, 1, 0, 0));
        bad(() -> new ScanSettings(true, 512, 0, 1, 0, 0));
        bad(() -> new ScanSettings(true, 512, 1, 0, 0, 0));
        bad(() -> new ScanSettings(true, 512, 1, 1, -1, 0));
        bad(() -> new ScanSettings(true, 512, 1, 1, 512, 0));
        bad(() -> new ScanSettings(true, 512, 1, 1, 0, -1));
        bad(() -> new ScanSettings(true, 512, 1, 1, 0, 512));
    }

    @Test
    void areasHaveBounds() {
        good(() -> new Vma(0, Vma.USER_END, Vma.READ));
        good(() -> new Vma(0x1000, 0x2000, Vma.ALL));
        bad(() -> new Vma(-0x1000, 0x2000, Vma.ALL));
        bad(() -> new Vma(0x1000, 0x1000, Vma.ALL));
        bad(() -> new Vma(0x1008, 0x2000, Vma.ALL));
        bad(() -> new Vma(0x1000, 0x2008, Vma.ALL));
        bad(() -> new Vma(0x1000, Vma.USER_END + 0x1000, Vma.ALL));
        bad(() -> new Vma(0x1000, 0x2000, Vma.WRITE));
        bad(() -> new Vma(0x1000, 0x2000, 8 | Vma.READ));
    }

    @Test
    void areaAroundAProgramIsOfWholeLargePages() {
        assertThat(Vma.around(0x40_0000, 0x20_0000)).isEqualTo(new Vma(0x40_0000, 0x60_0000, 7));
        assertThat(Vma.around(0x40_0000, 0x20_0001)).isEqualTo(new Vma(0x40_0000, 0x80_0000, 7));
        assertThat(Vma.around(0x5f_ffff, 1)).isEqualTo(new Vma(0x40_0000, 0x60_0000, 7));
        assertThat(Vma.everything()).isEqualTo(new Vma(0, 1L << 47, 7));
    }

    @Test
    void rightsAreBitsOfEntries() {
        Vma all = new Vma(0x1000, 0x3000, Vma.ALL);
        Vma read = new Vma(0x1000, 0x3000, Vma.READ);
        Vma code = new Vma(0x1000, 0x3000, Vma.READ | Vma.EXECUTE);
        assertThat(all.forbidden()).isEqualTo(PagingEntry.NO_EXECUTE);
        assertThat(all.required()).isEqualTo(PagingEntry.WRITE);
        assertThat(read.forbidden()).isEqualTo(PagingEntry.WRITE);
        assertThat(read.required()).isEqualTo(PagingEntry.NO_EXECUTE);
        assertThat(code.forbidden()).isEqualTo(PagingEntry.WRITE | PagingEntry.NO_EXECUTE);
        assertThat(code.required()).isZero();
        assertThat(code.allows(Vma.READ | Vma.EXECUTE)).isTrue();
        assertThat(code.allows(Vma.READ | Vma.WRITE)).isFalse();
        assertThat(all.contains(0x1000, 0x3000)).isTrue();
        assertThat(all.contains(0xfff, 0x3000)).isFalse();
        assertThat(all.contains(0x1000, 0x3001)).isFalse();
    }

    @Test
    void eachVariantChangesOneSetting() {
        KernelSettings plain = KernelSettings.of(PagePolicy.SMALL, Guest.COSTS);
        assertThat(plain)
                .isEqualTo(
                        new KernelSettings(
                                PagePolicy.SMALL,
                                true,
                                false,
                                ScanSettings.OFF,
                                4,
                                Guest.COSTS,
                                NumaSettings.NONE));
        NumaSettings numa = NumaSettings.visible(List.of(0, 1)).withTableCopies();
        assertThat(numa.entryCycles()).isEqualTo(60);
        assertThat(numa.copiesTables()).isTrue();
        assertThat(NumaSettings.paravirtual().copiesTables()).isFalse();
        assertThat(plain.withHints().withoutPcids().with(ScanSettings.LINUX).with(numa))
                .isEqualTo(
                        new KernelSettings(
                                PagePolicy.SMALL,
                                false,
                                true,
                                ScanSettings.LINUX,
                                4,
                                Guest.COSTS,
                                numa));
    }

    @Test
    void policiesHaveLabels() {
        assertThat(PagePolicy.parse("4k")).isEqualTo(PagePolicy.SMALL);
        assertThat(PagePolicy.parse("thp")).isEqualTo(PagePolicy.TRANSPARENT_HUGE);
        assertThat(PagePolicy.TRANSPARENT_HUGE.label()).isEqualTo("thp");
        bad(() -> PagePolicy.parse("2m"));
    }

    @Test
    void highestVirtualNodeIs63() {
        good(() -> NumaSettings.visible(List.of(63)));
        bad(() -> NumaSettings.visible(List.of(64)));
    }
}
