package org.nestwalk.report.walk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.PageFaultCode;

class FaultTest {
    @Test
    void errorCodeOfAMissingPageSaysSo() {
        assertThat(Fault.pageFault(PageFaultCode.USER | PageFaultCode.WRITE))
                .containsExactly(
                        "bit 0 (P) clear: an entry is not present",
                        "bit 1 (W): the access was a write",
                        "bit 2 (U): it was made in user mode");
    }

    @Test
    void exitInformationSaysWhereANestedPageFaultWasMet() {
        assertThat(Fault.pageFault(PageFaultCode.PROTECTION | PageFaultCode.NESTED_TABLE))
                .containsExactly(
                        "bit 0 (P): the page is present; this is a protection violation",
                        "bit 33: on a guest table");
    }

    @Test
    void everyBitOfAnExitQualificationHasALine() {
        assertThat(Fault.qualification(0xfff)).hasSize(12);
    }

    @Test
    void exitQualificationTellsTablesFromTheAccessItself() {
        assertThat(Fault.qualification(ExitQualification.READ | ExitQualification.LINEAR_VALID))
                .containsExactly(
                        "bit 0: the access was a data read",
                        "bit 7: the linear address is valid",
                        "bit 8 clear: on a guest table, during the guest's walk");
    }
}
