package org.nestwalk.lab.labs.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.hint.HintResult.Way;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.Cost;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class HintExperimentTest {
    private static final ProcessorModel MACHINE =
            TestMachines.of(SecondLevelFormat.EPT_AD, TestMachines.GUEST_CACHES, List.of(), null);
    private static final List<Way> WAYS =
            HintExperiment.ways(
                    Laboratory.unwatched(),
                    VmOptions.of("gups:footprint=128MiB,accesses=400k", 160L << 20)
                            .withHost(host -> host.with(Fragmentation.parse("0.97:random"))),
                    MACHINE,
                    100_000);
    private static final Way WHOLE = WAYS.get(0);
    private static final Way ALONE = WAYS.get(1);
    private static final Way KHUGEPAGED = WAYS.get(2);
    private static final Way HINT = WAYS.get(4);

    @Test
    void hintBacksAllLargePagesByLargePages() {
        assertThat(HINT.share()).isEqualTo(1.0);
        assertThat(HINT.walkReferences()).isEqualTo(WHOLE.walkReferences());
    }

    @Test
    void withoutItAFragmentedHostBacksLessThanFivePercent() {
        assertThat(ALONE.share()).isLessThan(0.05);
    }

    @Test
    void khugepagedAtLinuxPaceComesTooLate() {
        assertThat(KHUGEPAGED.share()).isZero();
        assertThat(KHUGEPAGED.backedAfter()).isEqualTo(-1);
    }

    @Test
    void movingPagesIsPartOfTheTotal() {
        assertThat(HINT.pagesMoved()).isPositive();
        assertThat(HINT.movingCycles()).isGreaterThanOrEqualTo(1_500 * HINT.pagesMoved());
        assertThat(HINT.cycles()).isGreaterThan(WHOLE.cycles() + HINT.movingCycles() - 1);
    }

    @Test
    void enoughFreeBlocksNeedNoMoving() {
        VmResult result =
                VmRun.simulated(
                                VmOptions.of("gups:footprint=32MiB,accesses=50k", 64L << 20)
                                        .withGuest(guest ->
                                                guest.with(PagePolicy.TRANSPARENT_HUGE).withHint()),
                                MACHINE)
                        .run(ProgressListener.NONE);
        VmResult.Moment last = result.timeline().getLast();
        assertThat(last.guestLarge()).isPositive();
        assertThat(last.guestLargeOnLarge()).isEqualTo(last.guestLarge());
        assertThat(result.onlySimulated().host())
                .extracting(VmResult.Host::pagesMoved)
                .isEqualTo(0L);
        assertThat(result.account().cycles(Cost.HOST_COPYING)).isZero();
    }
}
