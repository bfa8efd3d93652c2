package org.nestwalk.report.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class CellFiguresTest {
    private static Map<String, Map<String, Double>> figures(String json) {
        return CellFigures.of(JsonMapper.shared().readTree(json.replace('\'', '"')));
    }

    @Test
    void aListOfOneIsAsGoodAsItsElement() {
        assertThat(figures("{'runs':[{'accesses':7,'setups':[{'name':'a','walks':3}]}]}"))
                .isEqualTo(Map.of("", Map.of("accesses", 7.0, "walks", 3.0)));
    }

    @Test
    void elementsOfListsAreThingsOfTheirNames() {
        assertThat(figures("{'result':{'rows':[{'policy':'x','t':1},{'policy':'y','t':2}]}}"))
                .isEqualTo(Map.of("x", Map.of("t", 1.0), "y", Map.of("t", 2.0)));
    }

    @Test
    void wordsThatAllElementsHaveInCommonNameNone() {
        assertThat(
                        figures(
                                "{'rows':[{'kind':'k','name':'x','t':1},{'kind':'k','name':'y','t':2}]}"))
                .containsOnlyKeys("x", "y");
    }

    @Test
    void elementsWithoutNamesAreNumbered() {
        assertThat(figures("{'rows':[{'t':1},{'t':2}]}")).containsOnlyKeys("#1", "#2");
    }

    @Test
    void fieldsThatLeadToAFigureNameIt() {
        assertThat(figures("{'served':{'L2':5},'shares':[0.5,0.25]}"))
                .isEqualTo(Map.of("", Map.of("served L2", 5.0, "shares 0", 0.5, "shares 1", 0.25)));
    }

    @Test
    void whetherAClaimHeldIsAFigure() {
        assertThat(figures("{'claims':[{'effect':'e','held':true},{'effect':'f','held':false}]}"))
                .isEqualTo(Map.of("", Map.of("claim e", 1.0, "claim f", 0.0)));
    }

    @Test
    void mapsHaveNoFigures() {
        assertThat(figures("{'walks':3,'splintered':[[1,2],[3,4]]}"))
                .isEqualTo(Map.of("", Map.of("walks", 3.0)));
    }
}
