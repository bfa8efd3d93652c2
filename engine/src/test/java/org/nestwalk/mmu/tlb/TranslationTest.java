package org.nestwalk.mmu.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TranslationTest {
    private static final long HPA = 0xf_edcb_a987_6543L;

    @Test
    void keepsWhatItIsMadeOf() {
        long flags = Translation.WRITABLE | Translation.DIRTY | Translation.GLOBAL;
        long word = Translation.of(HPA, flags, Translation.SIZE_4K, Translation.SIZE_1G, 13);
        assertThat(Translation.page(word)).isEqualTo(0xf_edcb_a987_6000L);
        assertThat(Translation.has(word, flags | Translation.PRESENT)).isTrue();
        assertThat(Translation.has(word, Translation.USER)).isFalse();
        assertThat(Translation.size(word)).isEqualTo(Translation.SIZE_4K);
        assertThat(Translation.guestSize(word)).isEqualTo(Translation.SIZE_1G);
        assertThat(Translation.protectionKey(word)).isEqualTo(13);
    }

    @Test
    void isNeverAMiss() {
        assertThat(Translation.of(0, 0, 0, 0, 0)).isNotEqualTo(Translation.MISS);
    }

    @Test
    void isSplinteredIfTheGuestsPageIsLarger() {
        long flag = Translation.SPLINTERED;
        assertThat(Translation.has(Translation.of(HPA, 0, 0, 1, 0), flag)).isTrue();
        assertThat(Translation.has(Translation.of(HPA, flag, 1, 1, 0), flag)).isFalse();
    }

    @Test
    void translatesTheOffsetInThePage() {
        long word = Translation.of(HPA, 0, Translation.SIZE_2M, Translation.SIZE_2M, 0);
        assertThat(Translation.physical(word, -0x1000L)).isEqualTo(0xf_edcb_a99f_f000L);
    }

    @Test
    void aSplinterTranslatesAsTheWholeDid() {
        long gva = 0x7f12_3456_789aL;
        long flags = Translation.USER | Translation.DIRTY;
        long whole = Translation.of(HPA, flags, Translation.SIZE_1G, Translation.SIZE_1G, 3);
        long piece = Translation.splinter(whole, gva, Translation.SIZE_2M);
        assertThat(Translation.physical(piece, gva)).isEqualTo(Translation.physical(whole, gva));
        assertThat(Translation.size(piece)).isEqualTo(Translation.SIZE_2M);
        assertThat(Translation.guestSize(piece)).isEqualTo(Translation.SIZE_1G);
        assertThat(Translation.has(piece, flags | Translation.SPLINTERED)).isTrue();
        assertThat(Translation.has(piece, Translation.WRITABLE)).isFalse();
        assertThat(Translation.has(piece, Translation.GLOBAL)).isFalse();
        assertThat(Translation.protectionKey(piece)).isEqualTo(3);
    }

    @Test
    void pageIsThatOfItsSize() {
        long large = Translation.of(HPA, 0, Translation.SIZE_2M, Translation.SIZE_2M, 0);
        assertThat(Translation.page(large)).isEqualTo(0xf_edcb_a980_0000L);
        long huge = Translation.of(HPA, 0, Translation.SIZE_1G, Translation.SIZE_1G, 0);
        assertThat(Translation.page(huge)).isEqualTo(0xf_edcb_8000_0000L);
    }

    @Test
    void ordinarySmallPagesAreSmall() {
        long flags = Translation.WRITABLE | Translation.DIRTY | Translation.USER;
        assertThat(Translation.isSmall(Translation.of(HPA, flags, 0, 0, 9))).isTrue();
        assertThat(Translation.isSmall(Translation.of(HPA, flags, 0, 1, 0))).isFalse();
        assertThat(Translation.isSmall(Translation.of(HPA, flags, 0, 2, 0))).isFalse();
        assertThat(Translation.isSmall(Translation.of(HPA, flags, 1, 1, 0))).isFalse();
        assertThat(Translation.isSmall(Translation.of(HPA, flags, 2, 2, 0))).isFalse();
        assertThat(Translation.isSmall(Translation.of(HPA, Translation.GLOBAL, 0, 0, 0))).isFalse();
    }

    @Test
    void pageOfAnotherAddressIsOtherwiseTheSame() {
        long zero = Translation.of(0, Translation.READABLE, 0, 0, 0);
        long other = Translation.ofPage(zero, 0x1234_5678L);
        assertThat(Translation.page(other)).isEqualTo(0x1234_5000L);
        assertThat(Translation.has(other, Translation.READABLE | Translation.PRESENT)).isTrue();
    }
}
