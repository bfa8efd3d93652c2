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

    private static final List<Parameter> MACHINES =
            List.of(
                    Parameter.choice("on", "what runs it", "sim", "kvm"),
                    Parameter.choice("mode", "how it translates", "nested", "native")
                            .onlyWith("on", List.of("sim"), "the host decides that"),
                    Parameter.flag("hint", "announces pages")
                            .onlyWith("mode", "nested")
                            .onlyWith("on", "sim"),
                    Parameter.choice("backing", "of memory", "4K", "2M")
                            .onlyWith("mode", "nested"));

    private static Arguments onMachines(Map<String, List<String>> given) {
        return Arguments.of(MACHINES, given, name -> "--" + name);
    }

    @Test
    void theFirstRequirementThatIsNotMetIsNamedWithItsReason() {
        assertThatThrownBy(
                        () -> onMachines(Map.of("on", List.of("kvm"), "mode", List.of("nested"))))
                .hasMessage("--mode is for --on sim, not for --on kvm: the host decides that");
        assertThatThrownBy(() ->
                        onMachines(Map.of("mode", List.of("native"), "hint", List.of("true"))))
                .hasMessage("--hint is for --mode nested, not for --mode native");
        assertThatThrownBy(() -> onMachines(Map.of("on", List.of("kvm"), "hint", List.of("true"))))
                .hasMessage("--hint is for --on sim, not for --on kvm");
    }

    @Test
    void whatHasNoMeaningItselfKeepsNothingFromHavingOne() {
        Arguments kvm = onMachines(Map.of("on", List.of("kvm"), "backing", List.of("2M")));
        assertThat(kvm.has("mode")).isFalse();
        assertThat(kvm.text("backing")).isEqualTo("2M");
        assertThat(kvm.flag("hint")).isFalse();
    }

    @Test
    void flagIsSetIfItIsGiven() {
        assertThat(onMachines(Map.of()).flag("hint")).isFalse();
        assertThat(onMachines(Map.of("hint", List.of("true"))).flag("hint")).isTrue();
        assertThat(onMachines(Map.of()).values()).containsEntry("hint", List.of("false"));
        assertThatThrownBy(() -> onMachines(Map.of("hint", List.of("maybe"))))
                .hasMessage("--hint: 'maybe' is not one of true, false");
    }

    @Test
    void wordsAreTakenInAnyCase() {
        assertThat(onMachines(Map.of("backing", List.of("2m"))).text("backing")).isEqualTo("2M");
    }

    @Test
    void numbersMayBeWrittenAsCounts() {
        Domain factor = new Domain.Real(Double.MIN_VALUE, 1e6, "");
        assertThat(factor.canonical("10k", "f")).isEqualTo("10000.0");
        assertThat(factor.canonical("2.5e-3", "f")).isEqualTo("0.0025");
        for (String bad : List.of("0", "-1", "1e400", "2M")) {
            assertThatThrownBy(() -> factor.canonical(bad, "f"))
                    .hasMessage("f: '%s' is not above 0, up to 1000000", bad);
        }
        for (String bad : List.of("NaN", "Infinity", "0x10", "1d", "")) {
            assertThatThrownBy(() -> factor.canonical(bad, "f"))
                    .hasMessage("f: '%s' is not a number, above 0, up to 1000000", bad);
        }
    }
}
