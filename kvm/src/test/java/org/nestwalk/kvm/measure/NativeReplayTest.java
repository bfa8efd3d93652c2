package org.nestwalk.kvm.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.code.DeclaredAccesses;
import org.nestwalk.kvm.sys.NativeFunction;

/// The loop of declared accesses, run natively on memory that is not all 0, so that what an address
/// waits for shows in where a store goes.
class NativeReplayTest {
    private static final long WORDS = 64;
    private static final long UNTOUCHED = 0x5555;
    private static final int MOVED = 7;

    /// Memory of [#UNTOUCHED] words, but for the first, which moves what waits for it by words.
    private static MemorySegment run(Arena arena, long... accesses) {
        MemorySegment data = arena.allocate(WORDS * Long.BYTES, LoadPattern.LINE);
        for (long i = 1; i < WORDS; i++) {
            data.setAtIndex(ValueLayout.JAVA_LONG, i, UNTOUCHED);
        }
        data.set(ValueLayout.JAVA_LONG, 0, MOVED * Long.BYTES);
        MemorySegment list = arena.allocate((2L * accesses.length + 1) * Long.BYTES, 8);
        MemorySegment block = arena.allocate(DeclaredAccesses.BLOCK_BYTES, LoadPattern.LINE);
        Replay.write(accesses, data.address(), list);
        long times = (long) accesses.length * Long.BYTES;
        Replay.write(block, list.address(), accesses.length, 1, list.address() + times);
        try (NativeFunction function = NativeFunction.of(DeclaredAccesses.asFunction().bytes())) {
            function.call(block.address());
        }
        assertThat(LongStream.of(Replay.differences(list.asSlice(times), accesses.length)).boxed())
                .allSatisfy(ticks -> assertThat(ticks).isPositive());
        return data;
    }

    private static long word(MemorySegment data, int index) {
        return data.getAtIndex(ValueLayout.JAVA_LONG, index);
    }

    private static long access(int kind, int word) {
        return Access.pack(kind, (long) word * Long.BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 13, 14})
    void storeGoesWhereTheLoadItWaitsForSays(int distance) {
        long[] accesses = new long[distance + 2];
        accesses[0] = access(Access.LOAD, 0);
        // Between them others, whose values are of no account.
        for (int i = 1; i < distance; i++) {
            accesses[i] = access(Access.LOAD, 20 + i);
        }
        accesses[distance] = Access.after(access(Access.STORE, 10), distance);
        accesses[distance + 1] = access(Access.STORE, 40);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = run(arena, accesses);
            assertThat(word(data, 10 + MOVED)).isZero();
            assertThat(word(data, 10)).isEqualTo(UNTOUCHED);
            assertThat(word(data, 40)).isZero();
        }
    }

    @Test
    void accessThatWaitsForNothingGoesWhereItSays() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data =
                    run(
                            arena,
                            access(Access.LOAD, 0),
                            access(Access.STORE, 10),
                            Access.afterBranch(access(Access.MODIFY, 11)));
            assertThat(word(data, 10)).isZero();
            assertThat(word(data, 11)).isZero();
            assertThat(word(data, 10 + MOVED)).isEqualTo(UNTOUCHED);
            assertThat(word(data, 11 + MOVED)).isEqualTo(UNTOUCHED);
        }
    }

    @Test
    void loadsAndFetchesStoreNothing() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = run(arena, access(Access.LOAD, 10), access(Access.FETCH, 11));
            assertThat(word(data, 0)).isEqualTo(MOVED * Long.BYTES);
            for (int i = 1; i < WORDS; i++) {
                assertThat(word(data, i)).isEqualTo(UNTOUCHED);
            }
        }
    }
}
