package org.nestwalk.machine.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InvalidationSequenceTest {
    private final InvalidationSequence sequence = new InvalidationSequence();

    @Test
    void whatIsInTheRangeOfAnInvalidationIsRetriedUntilItEnds() {
        long seen = sequence.sequence();
        sequence.begin(0x2000, 0x2000);
        assertThat(sequence.mustRetry(seen, 0x1fff)).isFalse();
        assertThat(sequence.mustRetry(seen, 0x2000)).isTrue();
        assertThat(sequence.mustRetry(seen, 0x3fff)).isTrue();
        assertThat(sequence.mustRetry(seen, 0x4000)).isFalse();
        sequence.end();
        assertThat(sequence.mustRetry(seen, 0x1000)).isTrue();
        assertThat(sequence.mustRetry(sequence.sequence(), 0x2000)).isFalse();
    }

    @Test
    void rangesInProgressTogetherAreOne() {
        sequence.begin(0x8000, 0x1000);
        sequence.begin(0x1000, 0x1000);
        long seen = sequence.sequence();
        assertThat(sequence.mustRetry(seen, 0x4000)).isTrue();
        sequence.end();
        assertThat(sequence.mustRetry(sequence.sequence(), 0x8000)).isTrue();
        sequence.end();
        sequence.begin(0x5000, 0x1000);
        assertThat(sequence.mustRetry(sequence.sequence(), 0x8000)).isFalse();
        assertThat(sequence.mustRetry(sequence.sequence(), 0x5000)).isTrue();
    }

    @Test
    void nothingEndsThatHasNotBegun() {
        assertThatThrownBy(sequence::end).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatAReaderMayHaveFoundWaitsForItAndNoMore() {
        DeferredFree deferred = new DeferredFree(2);
        List<String> freed = new ArrayList<>();
        deferred.begin(0);
        deferred.retire(() -> freed.add("first"));
        assertThat(freed).isEmpty();
        deferred.begin(1);
        deferred.end(0);
        deferred.collect();
        assertThat(freed).containsExactly("first");
        deferred.retire(() -> freed.add("second"));
        assertThat(deferred.waiting()).isEqualTo(1);
        deferred.end(1);
        deferred.collect();
        assertThat(freed).containsExactly("first", "second");
    }

    @Test
    void aCpuForgetsBeforeItEntersWhatWasRequestedOutside() {
        CpuRequests requests = new CpuRequests(2);
        List<String> forgotten = new ArrayList<>();
        requests.forgetAll();
        assertThat(requests.isRequested(0)).isTrue();
        requests.enter(0, () -> forgotten.add("0"));
        assertThat(forgotten).containsExactly("0");
        assertThat(requests.isRequested(0)).isFalse();
        assertThat(requests.isRequested(1)).isTrue();
        requests.leave(0);
        requests.forgetAll();
        requests.enter(0, () -> forgotten.add("again"));
        assertThat(forgotten).containsExactly("0", "again");
    }
}
