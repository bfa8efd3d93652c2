package org.nestwalk.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SetupsTest {
    @Test
    void whatTlbsAloneLeaveOutIsSaidHoweverTheyAreWritten() {
        assertThat(Setups.limits(List.of("native:4K", "tlb:4K")))
                .isEqualTo("; under tlb:4K misses take no walk and no time");
        assertThat(Setups.limits(List.of("tlb:4k"))).contains("under tlb:4k");
        assertThat(Setups.limits(Setups.DEFAULT)).isEmpty();
    }
}
