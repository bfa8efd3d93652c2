package org.nestwalk.guest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.machine.Checksum;

class PlainExecutionTest {
    private static final long BASE = 0x7f00_0000_0000L;

    private static PlainExecution run(long... accesses) {
        PlainExecution execution = new PlainExecution();
        execution.run(accesses, 0, accesses.length);
        return execution;
    }

    private static long access(int kind, long address) {
        return Access.pack(kind, address);
    }

    @Test
    void storeWritesTheValueOfItsCursor() {
        PlainExecution execution = run(access(Access.LOAD, BASE), access(Access.STORE, BASE + 8));
        assertThat(execution.word(BASE + 8)).isEqualTo(Checksum.value(1));
    }

    @Test
    void loadFoldsTheWordAroundItsAddress() {
        PlainExecution execution = run(access(Access.STORE, BASE), access(Access.LOAD, BASE + 7));
        assertThat(execution.checksum())
                .isEqualTo(Checksum.fold(Checksum.START, Checksum.value(0)));
    }

    @Test
    void modifyFoldsBeforeItWrites() {
        PlainExecution execution = run(access(Access.MODIFY, BASE));
        assertThat(execution.checksum()).isEqualTo(Checksum.fold(Checksum.START, 0));
        assertThat(execution.word(BASE)).isEqualTo(Checksum.value(0));
    }

    @Test
    void fetchCountsForNothing() {
        PlainExecution execution = run(access(Access.FETCH, BASE), access(Access.STORE, BASE));
        assertThat(execution.cursor()).isEqualTo(1);
        assertThat(execution.word(BASE)).isEqualTo(Checksum.value(0));
    }

    @Test
    void secondPartOfPageCrossingAccessIsAnAccessOfItsOwn() {
        PlainExecution execution =
                run(
                        access(Access.STORE, BASE + 4092),
                        Access.packContinued(Access.STORE, BASE + 4096));
        assertThat(execution.cursor()).isEqualTo(2);
        assertThat(execution.word(BASE + 4088)).isEqualTo(Checksum.value(0));
        assertThat(execution.word(BASE + 4096)).isEqualTo(Checksum.value(1));
    }

    @Test
    void holdsManyScatteredPages() {
        PlainExecution execution = new PlainExecution();
        long[] accesses = new long[1000];
        for (int i = 0; i < accesses.length; i++) {
            accesses[i] = access(Access.STORE, (long) i * 0x1234_5000);
        }
        execution.run(accesses, 0, accesses.length);
        for (int i = 0; i < accesses.length; i++) {
            assertThat(execution.word((long) i * 0x1234_5000)).isEqualTo(Checksum.value(i));
        }
    }

    @Test
    void displacedProgramHasTheSameChecksum() {
        Program program = ProgramSpec.parse("zipf:footprint=1MiB,accesses=20k");
        PlainExecution displaced =
                PlainExecution.of(new DisplacedSource(program.open(), -64 << 20));
        assertThat(displaced.checksum()).isEqualTo(PlainExecution.of(program.open()).checksum());
    }

    @Test
    void displacementKeepsKindAndContinuation() {
        long access = Access.packContinued(Access.MODIFY, -4096);
        assertThat(Access.displaced(access, 4096))
                .isEqualTo(Access.packContinued(Access.MODIFY, 0));
        assertThat(Access.displaced(access, -8))
                .isEqualTo(Access.packContinued(Access.MODIFY, -4104));
    }
}
