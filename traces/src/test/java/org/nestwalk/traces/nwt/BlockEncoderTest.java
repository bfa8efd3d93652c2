package org.nestwalk.traces.nwt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// The encoder against [PlainEncoder]: the same streams, byte for byte, so that a recording's file
/// is the same however fast it is made.
class BlockEncoderTest {
    private static final int ACCESSES = 60_000;

    @Test
    void writesTheStreamsOfAPlainEncoder() {
        for (int seed = 1; seed <= 6; seed++) {
            Random random = new Random(seed);
            TraceBlock all = program(random, seed % 2 == 0 ? 1 : 3, seed > 4);
            BlockEncoder encoder = new BlockEncoder();
            PlainEncoder plain = new PlainEncoder();
            for (int round = 0; round < 2; round++) {
                for (int at = 0; at < all.count; ) {
                    int end = Math.min(all.count, at + 1 + random.nextInt(10_000));
                    encoder.add(all, at, end);
                    at = end;
                }
                encoder.endSegment();
                plain.encode(all);
                for (int s = 0; s <= NwtFormat.STREAMS; s++) {
                    ByteSink stream = encoder.streams[s];
                    assertThat(Arrays.copyOf(stream.bytes, stream.size))
                            .as("seed %d, stream %d", seed, s)
                            .isEqualTo(plain.stream(s));
                }
                assertThat(encoder.segments).isEqualTo(plain.segments);
                assertThat(encoder.counts()).isEqualTo(plain.counts);
                encoder.reset();
            }
        }
    }

    /// Runs of instructions that come again, some with data, on several threads; or data alone.
    private static TraceBlock program(Random random, int threads, boolean dataOnly) {
        TraceBlock block = new TraceBlock(ACCESSES);
        while (block.count < ACCESSES - 256) {
            Random code = new Random(random.nextInt(40));
            int thread = random.nextInt(threads);
            long pc = code.nextInt(1 << 20);
            int length = 1 + code.nextInt(100);
            for (int i = 0; i < length; i++) {
                int size = 1 + code.nextInt(15);
                if (!dataOnly) {
                    block.add(pc, AccessInfo.pack(Access.FETCH, size, thread));
                }
                pc += code.nextInt(30) == 0 ? 64 : size;
                if (code.nextInt(3) == 0 && random.nextInt(50) != 0) {
                    long address = random.nextBoolean() ? pc * 8 + i : random.nextLong();
                    int kind = code.nextBoolean() ? Access.LOAD : Access.STORE;
                    int width = code.nextInt(20) == 0 ? 300 : 8;
                    int info = AccessInfo.pack(kind, width, thread);
                    block.add(address, info, random.nextInt(3));
                }
            }
        }
        return block;
    }
}
