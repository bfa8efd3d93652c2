package org.nestwalk.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.policy.AutoConverge;
import org.nestwalk.lab.migration.PolicyDefinition.Policy;

class PoliciesTest {
    private static List<String> texts(String... words) {
        return Policies.read(List.of(words)).stream().map(Policy::text).toList();
    }

    @Test
    void allAreAllOnce() {
        assertThat(texts("all", "foresight")).isEqualTo(Policies.names());
    }

    @Test
    void wordsThatSayMoreBelongToThePolicyBefore() {
        assertThat(texts("auto-converge:initial=0.3", "max=0.5", "post-copy"))
                .containsExactly("auto-converge:initial=0.3,max=0.5", "post-copy");
        Policy policy = Policies.read(List.of("auto-converge:initial=0.3", "max=0.5")).getFirst();
        assertThat(policy.arguments().number("max")).isEqualTo(0.5);
        assertThat(policy.arguments().number("increment")).isEqualTo(0.1);
        assertThat(policy.start()).isInstanceOf(AutoConverge.class);
        assertThat(policy.start()).isNotSameAs(policy.start());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "postcopy | unknown policy 'postcopy' (did you mean post-copy?)",
                "auto-converge:start=1 | policy auto-converge has no parameter 'start'",
                "auto-converge:initial=2 | policy auto-converge: initial: '2' is not 0 to 0.99",
                "post-copy:rounds=1 | it has none",
                "hybrid:rounds | 'rounds' is not key=value"
            })
    void whatIsNoPolicyIsSaid(String text, String message) {
        assertThatThrownBy(() -> Policies.read(List.of(text)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
