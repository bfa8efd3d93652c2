package org.nestwalk.traces.nwt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class NwtRoundTripTest {
    private static final NwtHeader HEADER =
            new NwtHeader("prog", List.of("-a", "b c", ""), "test", "x86_64");

    @TempDir Path directory;

    @Test
    void keepsEveryAccessOfARealTrace() {
        List<One> accesses = Samples.all(Traces.open(Samples.DRMEMTRACE));

        assertThat(Samples.all(Traces.open(write(accesses, 777)))).isEqualTo(accesses);
    }

    @Test
    void keepsModifiesAndSizesOfLackey() {
        List<One> accesses = Samples.all(Traces.open(Samples.LACKEY));

        assertThat(Samples.all(Traces.open(write(accesses, 777)))).isEqualTo(accesses);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsArbitraryAccesses(long seed) {
        List<One> accesses = random(seed, 40_000);

        assertThat(Samples.all(Traces.open(write(accesses, 300)))).isEqualTo(accesses);
    }

    @Test
    void keepsAccessesOverSeveralBlocks() {
        List<One> accesses = new ArrayList<>();
        for (int i = 0; accesses.size() < 1_300_000; i++) {
            accesses.addAll(random(i % 3, 50_000));
        }

        Path file = write(accesses, 8192);

        assertThat(Samples.all(Traces.open(file))).isEqualTo(accesses);
        try (NwtFile nwt = NwtFile.open(file)) {
            assertThat(nwt.blocks()).hasSize(3);
        }
    }

    @Test
    void keepsWhatIsKnownOfTheProgram() {
        try (TraceReader reader = Traces.open(write(random(9, 1000), 256))) {
            assertThat(reader.info().program()).isEqualTo("prog");
            assertThat(reader.info().arguments()).containsExactly("-a", "b c", "");
            assertThat(reader.info().recorder()).isEqualTo("test");
            assertThat(reader.info().architecture()).isEqualTo("x86_64");
            assertThat(reader.info().mappings())
                    .containsExactly(new Mapping(0x1000, 0xffffffffff601000L, "a b"));
            assertThat(reader.info().note()).isNull();
        }
    }

    @Test
    void countsByKindInItsIndex() {
        List<One> accesses = random(10, 5000);
        long[] counts = Samples.byKind(accesses);

        try (TraceReader reader = Traces.open(write(accesses, 256))) {
            var known = Objects.requireNonNull(reader.info().counts());
            assertThat(known.loads()).isEqualTo(counts[Access.LOAD]);
            assertThat(known.stores()).isEqualTo(counts[Access.STORE]);
            assertThat(known.fetches()).isEqualTo(counts[Access.FETCH]);
            assertThat(known.modifies()).isEqualTo(counts[Access.MODIFY]);
            assertThat(known.threads()).isEqualTo(4);
        }
    }

    @Test
    void decodesABlockWithoutTheOnesBefore() {
        List<One> accesses = new ArrayList<>();
        while (accesses.size() < 600_000) {
            accesses.addAll(random(11, 100_000));
        }
        try (NwtFile file = NwtFile.open(write(accesses, 8192))) {
            BlockEntry last = file.blocks().getLast();
            NwtBlockReader reader = file.newReader();
            TraceBlock block = new TraceBlock();
            reader.open(last);
            reader.read(block);

            One first = accesses.get((int) last.firstAccess());
            assertThat(new One(block.address[0], block.info[0])).isEqualTo(first);
        }
    }

    private Path write(List<One> accesses, int capacity) {
        Path file = directory.resolve("trace.nwt");
        write(file, accesses, capacity);
        return file;
    }

    static void write(Path file, List<One> accesses, int capacity) {
        TraceBlock block = new TraceBlock(capacity);
        try (NwtWriter writer = NwtWriter.create(file, HEADER)) {
            for (One access : accesses) {
                if (!block.hasRoom()) {
                    writer.write(block);
                    block.count = 0;
                }
                block.add(access.address(), access.info());
            }
            writer.write(block);
            writer.mappings(List.of(new Mapping(0x1000, 0xffffffffff601000L, "a b")));
            writer.finish();
        }
    }

    /// Sequential fetches with jumps, data near and far, odd sizes, four threads.
    static List<One> random(long seed, int count) {
        Random random = new Random(seed);
        List<One> accesses = new ArrayList<>();
        long pc = 0x400000;
        long data = 0x7fff0000L;
        int thread = 0;
        for (int i = 0; i < count; i++) {
            int dice = random.nextInt(100);
            if (dice < 60) {
                int size = 1 + random.nextInt(15);
                accesses.add(new One(pc, AccessInfo.pack(Access.FETCH, size, thread)));
                pc = random.nextInt(4) == 0 ? 0x400000 + random.nextInt(1 << 8) : pc + size;
            } else {
                int kind = new int[] {Access.LOAD, Access.STORE, Access.MODIFY}[dice % 3];
                int size = dice == 99 ? random.nextInt(1 << 16) : 1 << random.nextInt(4);
                data = dice < 90 ? data + random.nextInt(64) : random.nextLong();
                accesses.add(new One(data, AccessInfo.pack(kind, size, thread)));
            }
            thread = dice == 50 ? random.nextInt(4) : thread;
        }
        return accesses;
    }
}
