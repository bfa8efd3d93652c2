package org.nestwalk.lab.labs.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.calibrate.HostPaging;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

class PredictedTest {
    // Caches of 64 KiB: filled in no time.
    private static final ProcessorModel MACHINE =
            Machines.named("opteron-2008").model().withoutDataCaches();
    private static final Case GUPS = new Case(Place.NATIVE, "gups", 64 << 20, PageSize.SIZE_4K);

    private static double time(Case one, boolean splintered) {
        HostPaging paging = new HostPaging(KvmKind.NPT, splintered);
        return new Predicted(MACHINE, paging, 20_000, 1)
                .nanoseconds(one, new Meter(ProgressListener.NONE, 1));
    }

    @Test
    void largePagesOfAHostAreWorthLessIfTheyAreSplintered() {
        double small = time(GUPS, false);
        double large = time(GUPS.with(PageSize.SIZE_2M), false);
        assertThat(small).isGreaterThan(1.3 * large);
        assertThat(time(GUPS, true) / time(GUPS.with(PageSize.SIZE_2M), true))
                .isLessThan(small / large)
                .isGreaterThan(1);
    }

    @Test
    void programWhoseLoadsWaitTakesLonger() {
        Case chase = new Case(Place.NATIVE, "pointer-chase", 64 << 20, PageSize.SIZE_4K);
        assertThat(time(chase, false)).isGreaterThan(1.5 * time(GUPS, false));
    }

    @Test
    void guestsHaveTheSetupOfTheirPaging() {
        HostPaging shadow = new HostPaging(KvmKind.PVM, false);
        assertThat(shadow.setup(Place.GUEST, PageSize.SIZE_2M)).isEqualTo("shadow:2M");
        assertThat(shadow.setup(Place.NATIVE, PageSize.SIZE_2M)).isEqualTo("native:2M");
        HostPaging nested = new HostPaging(KvmKind.EPT, false);
        assertThat(nested.setup(Place.GUEST, PageSize.SIZE_2M)).isEqualTo("nested:2M/2M");
        HostPaging splintered = new HostPaging(KvmKind.PVM, true);
        assertThat(splintered.setup(Place.NATIVE, PageSize.SIZE_2M)).isEqualTo("nested:2M/4K");
    }

    @Test
    void predictionCanBeEnded() {
        Predicted predicted = new Predicted(MACHINE, new HostPaging(KvmKind.NPT, false), 20_000, 1);
        assertThatThrownBy(() -> predicted.nanoseconds(GUPS, new Meter(_ -> false, 1)))
                .isInstanceOf(EndedEarly.class);
    }

    @Test
    void progressGoesUpToItsTotalWithWhatWarmsUp() {
        List<ProgressEvent> events = new ArrayList<>();
        double _ =
                new Predicted(MACHINE, new HostPaging(KvmKind.NPT, false), 20_000, 1)
                        .nanoseconds(
                                GUPS,
                                new Meter(
                                        event -> {
                                            events.add(event);
                                            return true;
                                        },
                                        1));
        assertThat(events).isSortedAccordingTo(Comparator.comparingLong(ProgressEvent::done));
        assertThat(events.getFirst().done()).isPositive();
        assertThat(events.getFirst().total()).isEqualTo(events.get(events.size() / 2).total());
        ProgressEvent last = events.getLast();
        assertThat(last.done()).isEqualTo(last.total().orElseThrow());
    }

    @Test
    void predictionsGoOnForAWhileAfterTheirEndWasAskedFor() {
        ProgressEvent event = ProgressEvent.run(1, OptionalLong.empty());
        assertThat(new Patience(_ -> false, Duration.ofHours(1)).update(event)).isTrue();
        assertThat(new Patience(_ -> false, Duration.ZERO).update(event)).isFalse();
        assertThat(new Patience(_ -> true, Duration.ZERO).update(event)).isTrue();
    }

    @Test
    void machineIsOfTheProcessorThatItsDescriptionNames() {
        ProcessorModel here =
                new ProcessorModel(
                        "calibrated",
                        "measured by nestwalk calibrate on AMD EPYC, 2026-11-29",
                        MACHINE.translation(),
                        MACHINE.memory(),
                        MACHINE.costs(),
                        MACHINE.overlap());
        assertThat(ValidateRun.isOf(here, "AMD EPYC")).isTrue();
        assertThat(ValidateRun.isOf(here, "EPYC")).isFalse();
        assertThat(ValidateRun.isOf(here, "AMD EPYC 9654")).isFalse();
        assertThat(ValidateRun.isOf(here, "")).isFalse();
        assertThat(ValidateRun.isOf(MACHINE, "AMD EPYC")).isFalse();
    }

    @Test
    void sizesAreQuartersOfEachOther() {
        assertThat(ValidateExperiment.sizes(4L << 30))
                .isEqualTo(List.of(64L << 20, 256L << 20, 1L << 30, 4L << 30));
        assertThat(ValidateExperiment.sizes(16 << 20)).isEqualTo(List.of(4L << 20, 16L << 20));
    }
}
