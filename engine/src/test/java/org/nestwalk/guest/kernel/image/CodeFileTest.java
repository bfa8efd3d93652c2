package org.nestwalk.guest.kernel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.InputException;

class CodeFileTest {
    private final CodeFile file = new CodeFile(3, 2, 1, 1);

    @Test
    void everyWordMayBeWhatTheBuildMadeAndOtherwiseOnlyWhatItSays() {
        for (int word = 0; word < file.pages() * CodeFile.PAGE_WORDS; word++) {
            assertThat(file.allows(word, file.word(word))).isTrue();
            assertThat(file.allows(word, file.word(word) ^ 0x100)).isEqualTo(file.isData(word));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSiteMayBeEitherOrABreakpointOnTheWay(PatchKind kind) {
        int word = CodeFile.site(file.function(5), kind);
        long other = file.patched(word);
        assertThat(other).isNotEqualTo(file.word(word));
        assertThat(file.allows(word, other)).isTrue();
        assertThat(file.allows(word, CodeFile.breakpoint(file.word(word)))).isTrue();
        assertThat(file.allows(word, CodeFile.breakpoint(other))).isTrue();
        assertThat(file.allows(word + 1, other)).isFalse();
    }

    @Test
    void dataIsTheSecondHalfOfMixedPages() {
        assertThat(file.isData(2 * 512 + 255)).isFalse();
        assertThat(file.isData(2 * 512 + 256)).isTrue();
        assertThat(file.isData(3 * 512 + 256)).isFalse();
        assertThat(file.isConstant(3 * 512)).isTrue();
        assertThat(file.isExecutable(2)).isTrue();
        assertThat(file.isExecutable(3)).isFalse();
    }

    @Test
    void functionsAreInCodeOnly() {
        assertThat(file.functions()).isEqualTo(2 * 32 + 16);
        for (int i = 0; i < file.functions(); i++) {
            assertThat(file.isData(file.function(i))).isFalse();
            assertThat(file.isData(file.function(i) + 15)).isFalse();
        }
    }

    @Test
    void constantsAndOtherWordsAreNoSites() {
        assertThatThrownBy(() -> file.patched(1)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> file.patched(3 * 512)).isInstanceOf(InputException.class);
    }

    @Test
    void anImageOfNothingIsRefused() {
        assertThatThrownBy(() -> new ImageLayout(0, 0, 1, 2, 1, 1, 1, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pages of text");
    }
}
