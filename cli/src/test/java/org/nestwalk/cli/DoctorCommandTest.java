package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DoctorCommandTest {
    @Test
    void everyFindingIsALineThatBeginsWithYesOrNo() {
        Nestwalk.Result result = Nestwalk.run("doctor");
        assertThat(result.status()).isZero();
        assertThat(result.out().split("\n(?! )"))
                .hasSizeGreaterThan(15)
                .allMatch(finding -> finding.matches("(?s)(yes|no ) .*for\\s.*"));
    }

    @Test
    void jsonSaysWhatEachIsNeededFor() {
        JsonNode findings = Nestwalk.run("doctor", "--json", "-").json().get("findings");
        for (JsonNode finding : findings) {
            assertThat(finding.get("name").asString()).isNotBlank();
            assertThat(finding.get("neededFor").asString()).isNotBlank();
        }
        assertThat(findings.get(0).get("name").asString()).isEqualTo("KVM");
    }
}
