package org.nestwalk.traces.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class DrmemtraceReaderTest {
    @Test
    void agreesWithDynamoRioOnTheCountsOfARealTrace() {
        TraceReader reader = Traces.open(Samples.DRMEMTRACE);
        long[] counts = Samples.byKind(Samples.all(reader));

        assertThat(reader.info().format()).isEqualTo(TraceFormat.DRMEMTRACE);
        assertThat(counts[Access.FETCH]).isEqualTo(113_287);
        assertThat(counts[Access.LOAD]).isEqualTo(26_448);
        assertThat(counts[Access.STORE]).isEqualTo(10_735);
        assertThat(counts[Access.MODIFY]).isZero();
        assertThat(reader.nonFetched()).isEqualTo(345);
    }
}
