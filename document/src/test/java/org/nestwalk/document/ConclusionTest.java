package org.nestwalk.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConclusionTest {
    @ParameterizedTest
    @CsvSource({"1, 2, true", "2, 2, true", "2.0000001, 2, false", "NaN, 2, false"})
    void atMostIncludesTheBoundAndNothingBeyond(double left, double right, boolean held) {
        assertThat(Condition.atMost("left", left, "right", right).held()).isEqualTo(held);
    }

    private static Conclusion of(String name) {
        return new Conclusion()
                .say("One.")
                .say("Another one.")
                .expect(name, Condition.atLeast("figure", 1, 1))
                .say("It is.", "It is not.");
    }

    @Test
    void noTwoEffectsOfAConclusionHaveTheSameName() {
        Conclusion conclusion = of("effect");
        conclusion.expect("other-effect").say("So it is.", "");
        assertThatIllegalStateException()
                .isThrownBy(() -> conclusion.expect("effect"))
                .withMessageContaining("two effects are called effect");
    }

    @Test
    void noTwoEffectsOfADocumentHaveTheSameName() {
        Document document = new Document().conclusion(of("effect")).conclusion(of("other"));
        assertThat(document.claims()).hasSize(6);
        assertThatIllegalStateException()
                .isThrownBy(() -> document.conclusion(of("effect")))
                .withMessageContaining("two effects are called effect");
    }
}
