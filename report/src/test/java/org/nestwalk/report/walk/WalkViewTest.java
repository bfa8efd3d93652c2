package org.nestwalk.report.walk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.lab.explain.EntryChange;
import org.nestwalk.lab.explain.WalkExplainer;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkParameters;
import org.nestwalk.parameter.Arguments;

class WalkViewTest {
    private static WalkExplanation walk(String... assignments) {
        Map<String, List<String>> given = new HashMap<>();
        given.put("gva", List.of("0x7f1234567123"));
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            given.put(assignment.substring(0, equals), List.of(assignment.substring(equals + 1)));
        }
        return WalkExplainer.explain(
                WalkParameters.question(
                        Arguments.of(WalkParameters.spec().all(), given, name -> name)));
    }

    private static List<Map<?, ?>> list(Map<?, ?> of, String field) {
        List<Map<?, ?>> list = new ArrayList<>();
        for (Object one : (List<?>) Objects.requireNonNull(of.get(field))) {
            list.add((Map<?, ?>) one);
        }
        return list;
    }

    private static List<Map<?, ?>> entries(Map<String, Object> view) {
        return list(view, "steps").stream().filter(step -> step.containsKey("place")).toList();
    }

    @ParameterizedTest
    @EnumSource(WalkMode.class)
    void eachReferenceHasItsCellAndTheAddressThatItTranslates(WalkMode mode) {
        WalkExplanation walk = walk("mode=" + mode.label());
        Map<String, Object> view = WalkView.of(walk);
        List<Map<?, ?>> entries = entries(view);
        assertThat(entries).hasSize(walk.references().size());
        assertThat(entries.stream().map(step -> step.get("row") + "." + step.get("column")))
                .doesNotHaveDuplicates();
        assertThat(entries)
                .allSatisfy(step -> assertThat(step.get("translates")).isNotNull())
                .allSatisfy(step -> assertThat(step.get("selects")).isNotEqualTo(""));
        assertThat(list(view, "rows")).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource(WalkMode.class)
    void changeBesideEachBitCanBeMade(WalkMode mode) {
        int changes = 0;
        for (Map<?, ?> step : entries(WalkView.of(walk("mode=" + mode.label())))) {
            for (Map<?, ?> bit : list(step, "bits")) {
                if (bit.get("change") instanceof String change) {
                    assertThat(EntryChange.parse(change, mode).text()).isEqualTo(change);
                    assertThat(walk("mode=" + mode.label(), "entry=" + change).changed())
                            .as(change)
                            .hasSize(1)
                            .allSatisfy(entry ->
                                    assertThat(entry.entry().value()).isNotEqualTo(entry.before()));
                    changes++;
                }
            }
        }
        assertThat(changes).isGreaterThan(30);
    }

    @Test
    void addressIsSplitAsTheWalkUsesIt() {
        Map<?, ?> address =
                (Map<?, ?>)
                        Objects.requireNonNull(
                                WalkView.of(walk("guest=2M", "mode=npt")).get("address"));
        assertThat(list(address, "parts").stream().<Object>map(part -> part.get("value")))
                .containsExactly(0L, 254L, 72L, 418L, 0x167123L);
        assertThat(list(address, "parts").getLast().get("high")).isEqualTo(20L);
        assertThat(list(address, "parts").getLast().get("row")).isEqualTo(0L);
    }

    @Test
    void faultStandsWhereTheWalkEnds() {
        Map<String, Object> view =
                WalkView.of(walk("mode=ept", "access=write", "entry=second.guest2.1.W=0"));
        assertThat(view.get("outcome")).isEqualTo("EPT_VIOLATION");
        Map<?, ?> last = entries(view).getLast();
        assertThat(last.get("place")).isEqualTo("second.guest2.1");
        Map<?, ?> fault = (Map<?, ?>) Objects.requireNonNull(view.get("fault"));
        assertThat(last.get("translates")).isEqualTo(fault.get("gpa"));
    }
}
