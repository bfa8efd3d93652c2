package org.nestwalk.lab.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MeterTest {
    private final List<String> told = new ArrayList<>();

    private final Meter meter = new Meter(this::note, 3);

    private boolean note(ProgressEvent event) {
        long done = event.done();
        OptionalLong total = event.total();
        told.add(done + "/" + (total.isPresent() ? total.getAsLong() : "?"));
        return done < 400;
    }

    @Test
    void partsToComeAreExpectedToBeAsLongAsThoseThatHaveBegun() {
        meter.begin(100);
        meter.add(50);
        meter.begin(300);
        meter.add(50);
        meter.begin(10);
        meter.add(310);
        assertThat(told).containsExactly("50/300", "100/600", "410/410");
    }

    @Test
    void withoutABeginningNothingIsExpected() {
        meter.add(7);
        assertThat(told).containsExactly("7/?");
    }

    @Test
    void aPartAddsWhatItHasMadeSinceItLastTold() {
        ProgressListener part = meter.part();
        part.update(ProgressEvent.run(150, OptionalLong.of(200)));
        assertThat(part.update(ProgressEvent.run(200, OptionalLong.of(200)))).isTrue();
        assertThat(meter.part().update(ProgressEvent.run(200, OptionalLong.of(200)))).isFalse();
        assertThat(told).containsExactly("150/600", "200/600", "400/600");
    }

    @Test
    void aPartThatDoesNotKnowItsLengthLeavesTheTotalUnknown() {
        meter.part().update(ProgressEvent.run(5, OptionalLong.empty()));
        assertThat(told).containsExactly("5/?");
    }
}
