package org.nestwalk.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.LargePagesStory.Cell;
import org.nestwalk.mmu.model.MachineModel;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

class LargePagesStoryTest {
    private static final long ENTRIES = 1536;
    private static final MachineModel MACHINE =
            TestMachines.of(SecondLevelFormat.EPT_AD, TestMachines.GUEST_CACHES, List.of(), null);
    private static final List<Cell> CELLS =
            LargePagesStory.run(
                    MACHINE, "gups:footprint=32MiB,accesses=300k", ProgressListener.NONE);

    @Test
    void coldWalksHaveTheReferencesOfBothDimensions() {
        assertThat(CELLS)
                .extracting(Cell::coldReferences)
                .containsExactly(24.0, 19.0, 19.0, 15.0, 19.0);
    }

    @Test
    void onlyLargeOnLargeExtendsTheReachOfTheTlb() {
        long small = ENTRIES << 12;
        assertThat(CELLS)
                .extracting(Cell::reachBytes)
                .containsExactly(small, small, small, ENTRIES << 21, small);
    }

    @Test
    void onlyLargeGuestPagesOnSmallHostPagesAreSplintered() {
        assertThat(CELLS)
                .extracting(cell -> cell.splinteredFills() > 0)
                .containsExactly(false, false, true, false, true);
    }

    @Test
    void misalignedLargePagesTranslateLikeSmallOnes() {
        Cell small = CELLS.get(2);
        Cell misaligned = CELLS.get(4);
        assertThat(misaligned.walks()).isEqualTo(small.walks());
        assertThat(misaligned.splinteredFills()).isEqualTo(small.splinteredFills());
        assertThat(misaligned.exits()).isLessThan(small.exits());
    }

    @Test
    void footprintOfATraceIsWhatItTouches(@TempDir Path folder) throws IOException {
        StringBuilder text = new StringBuilder("==1== Lackey\n");
        for (long page = 0; page < 2_000; page++) {
            text.append(" L %x,8\n".formatted(0x10_0000_0000L + page * 4096));
        }
        text.append(" S 7ffffffffff8,8\n S 7fffffdffff8,16\n");
        Path trace = folder.resolve("sparse.lackey");
        Files.writeString(trace, text);
        assertThat(GuestProgram.footprint(trace.toString(), 4)).isEqualTo((4 + 2) * (2L << 20));
        assertThat(GuestProgram.footprint("gups:footprint=32MiB", 4)).isEqualTo(32L << 20);
    }
}
