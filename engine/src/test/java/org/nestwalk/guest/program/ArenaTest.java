package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.FirstAccesses;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.guest.SystemCall.Advice;

class ArenaTest {
    private static final long BASE = ProgramArguments.BASE;
    private static final long ARENA = 1 << 14;

    private static Program program(String more) {
        return ProgramSpec.parse(
                "arena:footprint=32KiB,arena=16KiB,accesses=2560"
                        + (more.isEmpty() ? "" : ",")
                        + more);
    }

    /// What a stream does: system calls, and the numbers of accesses between them.
    private static List<Object> steps(StepSource source) {
        List<Object> steps = new ArrayList<>();
        long[] block = new long[1 << 14];
        while (true) {
            int count = source.next(block);
            SystemCall call = source.call();
            if (count > 0) {
                steps.add(count);
            }
            if (call != null) {
                steps.add(call);
            } else if (count == 0) {
                return steps;
            }
        }
    }

    @Test
    void slotsAreMappedOnceAndThenEmptiedInTurn() {
        SystemCall first = new SystemCall.Map(BASE, ARENA);
        SystemCall second = new SystemCall.Map(BASE + ARENA, ARENA);
        assertThat(steps(program("release=munmap").steps()))
                .containsExactly(
                        first,
                        512,
                        second,
                        512,
                        new SystemCall.Unmap(BASE, ARENA),
                        first,
                        512,
                        new SystemCall.Unmap(BASE + ARENA, ARENA),
                        second,
                        512,
                        new SystemCall.Unmap(BASE, ARENA),
                        first,
                        512);
        assertThat(steps(program("release=dontneed,populate=yes").steps()))
                .startsWith(
                        first,
                        new SystemCall.Advise(Advice.POPULATE, BASE, ARENA),
                        512,
                        second,
                        new SystemCall.Advise(Advice.POPULATE, BASE + ARENA, ARENA),
                        512,
                        new SystemCall.Advise(Advice.DONT_NEED, BASE, ARENA),
                        new SystemCall.Advise(Advice.POPULATE, BASE, ARENA),
                        512);
    }

    @Test
    void mixedReleasesBothWays() {
        List<Object> steps =
                steps(ProgramSpec.parse("arena:footprint=32KiB,arena=16KiB,accesses=40k").steps());
        assertThat(steps).anyMatch(step -> step instanceof SystemCall.Unmap);
        assertThat(steps)
                .anyMatch(step ->
                        step instanceof SystemCall.Advise advise
                                && advise.advice() == Advice.DONT_NEED);
    }

    @Test
    void whatIsReleasedReadsAsZeroes() {
        // With one arena only, what a round reads was written in that round, or is zero.
        long kept = checksum("arena:footprint=16KiB,accesses=1024,release=dontneed");
        long unmapped = checksum("arena:footprint=16KiB,accesses=1024,release=munmap");
        assertThat(unmapped).isEqualTo(kept);
        PlainExecution forgetful = new PlainExecution();
        long[] block = new long[1024];
        StepSource source =
                ProgramSpec.parse("arena:footprint=16KiB,accesses=1024,release=munmap").steps();
        for (int n = source.next(block); n > 0 || source.call() != null; n = source.next(block)) {
            forgetful.run(block, 0, n);
        }
        assertThat(forgetful.checksum()).isNotEqualTo(unmapped);
    }

    private static long checksum(String spec) {
        return PlainExecution.of(ProgramSpec.parse(spec).steps()).checksum();
    }

    @Test
    void beginningsEndAfterTheirLastAccess() {
        Program program = program("release=munmap");
        assertThat(steps(new FirstAccesses(program.steps(), 512)))
                .containsExactly(new SystemCall.Map(BASE, ARENA), 512);
        assertThat(steps(new FirstAccesses(program.steps(), 513)))
                .containsExactly(
                        new SystemCall.Map(BASE, ARENA),
                        512,
                        new SystemCall.Map(BASE + ARENA, ARENA),
                        1);
        assertThat(steps(new FirstAccesses(program.steps(), 0))).isEmpty();
    }

    @Test
    void displacedStreamsMapElsewhere() {
        assertThat(steps(new DisplacedSource(program("").steps(), 1 << 21)))
                .startsWith(new SystemCall.Map(BASE + (1 << 21), ARENA), 512);
    }

    @Test
    void itIsRefusedWhereThereIsNoKernel() {
        assertThatThrownBy(program("")::open)
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "program arena makes system calls, for which it needs a guest's kernel: it"
                                + " runs in virtual machines only");
    }

    @Test
    void callsAboutPartsOfPagesAreRefused() {
        assertThatThrownBy(() -> new SystemCall.Map(BASE + 8, ARENA))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("whole pages of 4KiB below 2^47");
        assertThatThrownBy(() -> new SystemCall.Unmap(BASE, 0)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> new SystemCall.Advise(Advice.POPULATE, 1L << 47, ARENA))
                .isInstanceOf(InputException.class);
    }
}
