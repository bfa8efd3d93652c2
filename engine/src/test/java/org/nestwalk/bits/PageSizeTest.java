package org.nestwalk.bits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.InputException;

class PageSizeTest {
    @ParameterizedTest
    @CsvSource({"4K, 1, 12, 4096", "2M, 2, 21, 2097152", "1G, 3, 30, 1073741824"})
    void sizeFollowsTheLevelOfTheLeaf(String label, int level, int shift, long bytes) {
        PageSize size = PageSize.ofLevel(level);
        assertThat(size.label()).isEqualTo(label);
        assertThat(size.level()).isEqualTo(level);
        assertThat(size.shift()).isEqualTo(shift);
        assertThat(size.bytes()).isEqualTo(bytes);
        assertThat(size.offsetMask()).isEqualTo(bytes - 1);
    }

    @ParameterizedTest
    @EnumSource
    void labelsAreReadInEitherCase(PageSize size) {
        assertThat(PageSize.parse(size.label())).isSameAs(size);
        assertThat(PageSize.parse(size.label().toLowerCase(Locale.ROOT))).isSameAs(size);
    }

    @Test
    void unknownLabelIsAnsweredWithTheValidOnes() {
        assertThatThrownBy(() -> PageSize.parse("8K"))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll("8K", "4K", "2M", "1G");
    }
}
