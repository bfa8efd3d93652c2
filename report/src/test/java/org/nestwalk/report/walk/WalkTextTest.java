package org.nestwalk.report.walk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.explain.WalkExplainer;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.paging.AccessType;

class WalkTextTest {
    private static String text(long gva, WalkMode mode, String machine, boolean warm) {
        return new TextRenderer(100)
                .text(
                        WalkText.of(
                                WalkExplainer.explain(
                                        new WalkQuestion(
                                                gva,
                                                AccessType.READ | AccessType.USER,
                                                mode,
                                                PageSize.SIZE_4K,
                                                PageSize.SIZE_4K,
                                                4,
                                                4,
                                                Machines.named(machine).model(),
                                                warm,
                                                "contiguous",
                                                1))));
    }

    @Test
    void gridNumbersTheReferencesRowByRow() {
        assertThat(text(0x1000, WalkMode.EPT, "textbook", false))
                .contains(
                        "EPT PML4E     EPT PDPTE     EPT PDE     EPT PTE     guest entry",
                        "guest PML4E --> [ 1] -------> [ 2] -------> [ 3] -----> [ 4] -----> ( 5)",
                        "guest PTE   --> [16] -------> [17] -------> [18] -----> [19] -----> (20)",
                        "data page   --> [21] -------> [22] -------> [23] -----> [24] -----> data");
    }

    @Test
    void textbookWalkCostsAHundredCyclesAReference() {
        assertThat(text(0x1000, WalkMode.EPT, "textbook", false))
                .contains("references   24: 4 to the guest's table, 20 to the second level")
                .contains("cycles       2400 = 2400 for references");
    }

    @Test
    void warmWalkNamesTheCacheThatSkippedAReference() {
        assertThat(text(0x1000, WalkMode.EPT, "skylake-sp", true))
                .contains("skipped: PDE cache")
                .contains("skipped: nested TLB")
                .contains("; 23 skipped");
    }

    @Test
    void permissionIsShownByDimension() {
        assertThat(text(0x1000, WalkMode.NPT, "zen4", false))
                .contains("permission   R W X U = guest R W X U AND NPT R W X");
    }

    @Test
    void nonCanonicalAddressIsExplained() {
        assertThat(text(1L << 47, WalkMode.NATIVE, "textbook", false))
                .contains("#GP(0): 0x800000000000 is not canonical")
                .contains("bits 63 to 47");
    }
}
