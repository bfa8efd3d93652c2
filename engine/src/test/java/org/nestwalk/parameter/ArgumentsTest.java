package org.nestwalk.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;

/// Parameters that have a meaning beside others only.
class ArgumentsTest {
    private static final List<Parameter> PARAMETERS =
            List.of(
                    Parameter.number("load", "given", 3.5, 1, 100).onlyWithout("tenant"),
                    Parameter.choice("tenant", "makes the load", "stream", "gups").by(),
                    Parameter.count("cpus", "of the tenant", 24, 1, 1024).onlyWith("tenant"));

    private static Arguments of(Map<String, List<String>> given) {
        return Arguments.of(PARAMETERS, given, name -> "--" + name);
    }

    @Test
    void whatHasNoMeaningHasNoValue() {
        Arguments alone = of(Map.of());
        assertThat(alone.number("load")).isEqualTo(3.5);
        assertThat(alone.has("cpus")).isFalse();
        Arguments tenant = of(Map.of("tenant", List.of("gups")));
        assertThat(tenant.has("load")).isFalse();
        assertThat(tenant.count("cpus")).isEqualTo(24);
        assertThat(tenant.values()).containsOnlyKeys("tenant", "cpus");
    }

    @Test
    void whatStandsForTheSameIsGivenOnce() {
        assertThatThrownBy(() -> of(Map.of("tenant", List.of("gups"), "load", List.of("2"))))
                .isInstanceOf(InputException.class)
                .hasMessage("--load and --tenant stand for the same; use one of them");
    }

    @Test
    void whatIsForAnotherIsRefusedWithoutIt() {
        assertThatThrownBy(() -> of(Map.of("cpus", List.of("2"))))
                .isInstanceOf(InputException.class)
                .hasMessage("--cpus is for --tenant; give one");
    }
}
