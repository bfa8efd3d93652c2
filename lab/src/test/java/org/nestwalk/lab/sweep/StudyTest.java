package org.nestwalk.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;

class StudyTest {
    private static Study read(String yaml) {
        return Study.read("s.yaml", yaml.replace("; ", "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aFileSaysWhatIsSet() {
        Study study =
                read(
                        """
                        experiment: run
                        set:
                          program: [a.nwt, "gups:footprint=1GiB,accesses=1M"]
                          tlb.l2.entries: 512..2048x2
                          machine: zen4
                        skip:
                          - {program: a.nwt, tlb.l2.entries: 512}
                        """);

        assertThat(study.axes())
                .containsExactly(
                        new Axis("program", List.of("a.nwt", "gups:footprint=1GiB,accesses=1M")),
                        new Axis("tlb.l2.entries", List.of("512", "1024", "2048")),
                        new Axis("machine", List.of("zen4")));
        assertThat(study.skip())
                .containsExactly(Map.of("program", "a.nwt", "tlb.l2.entries", "512"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sets: {a: 1} | s.yaml:1: a study has no 'sets'",
                "experiment: run | s.yaml:1: a study sets something",
                "set: [1] | set: expected fields, found a list",
                "set: {} | set: expected fields",
                "set: {a: {b: 1}} | a: expected a value, found a group of fields",
                "set: {a: []} | s.yaml:1: a: names no value",
                "'set: {a: 1}; skip: {a: 1}' | skip: expected a list",
                "'set: {a: 1}; skip: [{b: 1}]' | names b, which the study does not set",
            })
    void whatIsNoStudyIsRefusedWithItsLine(String yaml, String problem) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(problem);
    }
}
