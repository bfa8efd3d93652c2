package org.nestwalk.traces.nwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Conversion;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
import org.nestwalk.traces.stats.TraceStatistics;

class NwtDependenceTest {
    private static final int ACCESSES = 560_000;
    private static final long SEED = 19;

    @TempDir Path directory;

    @Test
    void distancesComeBackOverSeveralBlocks() {
        List<Byte> written = new ArrayList<>();
        Path file = write("trace.nwt", true, ACCESSES, written);

        try (TraceReader reader = Traces.open(file)) {
            assertThat(reader.info().dependence()).isTrue();
            assertThat(distances(reader)).isEqualTo(written);
        }
    }

    @Test
    void aTraceWithoutThemSaysSoAndLeavesNoneOfTheBlockBefore() {
        TraceBlock block = new TraceBlock();
        Arrays.fill(block.distance, (byte) 3);
        try (TraceReader reader = Traces.open(write("trace.nwt", false, 1000, new ArrayList<>()))) {
            assertThat(reader.info().dependence()).isFalse();
            reader.read(block);
            assertThat(block.distance).startsWith(new byte[block.count]);
        }
    }

    @Test
    void theDigestTellsDistancesAndTheirAbsence() {
        String with = digest(write("with.nwt", true, 1000, new ArrayList<>()));
        String without = digest(write("without.nwt", false, 1000, new ArrayList<>()));

        assertThat(with).isNotEqualTo(without);
        assertThat(digest(write("again.nwt", true, 1000, new ArrayList<>()))).isEqualTo(with);
    }

    @Test
    void aCopyKeepsThemAndOtherFormatsSayThatTheyAreLost() {
        List<Byte> written = new ArrayList<>();
        Path file = write("trace.nwt", true, 1000, written);
        Path copy = directory.resolve("copy.nwt");
        assertThat(copy(file, copy, TraceFormat.NWT)).isEmpty();

        try (TraceReader reader = Traces.open(copy)) {
            assertThat(distances(reader)).isEqualTo(written);
        }
        assertThat(digest(copy)).isEqualTo(digest(file));
        assertThat(copy(file, directory.resolve("copy.lackey"), TraceFormat.LACKEY))
                .contains("which accesses depend on which is lost: nwt alone says it");
    }

    @Test
    void statisticsCountDataAccessesByDistance() {
        List<Byte> written = new ArrayList<>();
        Path file = write("trace.nwt", true, 1000, written);

        try (TraceReader reader = Traces.open(file)) {
            List<Long> counts = TraceStatistics.of(reader, _ -> {}).distances();
            assertThat(counts).hasSize(Access.FARTHEST + 1);
            assertThat(counts.get(7)).isEqualTo(written.stream().filter(d -> d == 7).count());
        }
    }

    @Test
    void aBlockThatLacksThemIsDamaged() throws IOException {
        byte[] payload = payload(false);

        assertThatThrownBy(() -> new BlockDecoder(true).load(payload, 0, payload.length))
                .hasMessage("it lacks the distances that the header promises");
    }

    @Test
    void aBlockWhoseDistancesAreCutShortIsDamaged() throws IOException {
        byte[] payload = payload(true);

        assertThatThrownBy(() -> new BlockDecoder(true).load(payload, 0, payload.length - 1))
                .hasMessage("its distances exceed it");
    }

    @Test
    void aDistanceTooFarIsDamage() throws IOException {
        Path file = directory.resolve("far.nwt");
        try (NwtWriter writer = NwtWriter.create(file, header(true))) {
            TraceBlock block = new TraceBlock();
            block.add(0x1000, AccessInfo.pack(Access.LOAD, 8, 0), Access.FARTHEST + 1);
            writer.write(block);
            writer.finish();
        }

        assertThatThrownBy(() -> distances(Traces.open(file)))
                .hasMessageContaining(file + ": at byte ")
                .hasMessageContaining("a distance is not within 0 to 14");
    }

    private byte[] payload(boolean dependence) throws IOException {
        try (NwtFile file = NwtFile.open(write("trace.nwt", dependence, 1000, new ArrayList<>()))) {
            return file.section(file.blocks().getFirst().offset(), NwtFormat.BLOCK);
        }
    }

    private static List<String> copy(Path from, Path to, TraceFormat format) {
        try (TraceReader reader = Traces.open(from)) {
            return Conversion.copy(reader, to, format, Long.MAX_VALUE, _ -> {}).losses();
        }
    }

    private static String digest(Path file) {
        try (TraceReader reader = Traces.open(file)) {
            return reader.digest();
        }
    }

    private static List<Byte> distances(TraceReader reader) {
        List<Byte> distances = new ArrayList<>();
        TraceBlock block = new TraceBlock();
        while (reader.read(block) > 0) {
            for (int i = 0; i < block.count; i++) {
                distances.add(block.distance[i]);
            }
        }
        return distances;
    }

    /// Writes random accesses with random distances, which `distances` takes.
    private Path write(String name, boolean dependence, int count, List<Byte> distances) {
        Path file = directory.resolve(name);
        Random random = new Random(SEED);
        List<One> some = NwtRoundTripTest.random(SEED, 10_000);
        TraceBlock block = new TraceBlock();
        try (NwtWriter writer = NwtWriter.create(file, header(dependence))) {
            for (int i = 0; i < count; i++) {
                One one = some.get(i % some.size());
                boolean fetch = AccessInfo.kind(one.info()) == Access.FETCH;
                int distance = fetch ? 0 : random.nextInt(Access.FARTHEST + 1);
                distances.add((byte) distance);
                block.add(one.address(), one.info(), distance);
                if (!block.hasRoom()) {
                    writer.write(block);
                    block.count = 0;
                }
            }
            writer.write(block);
            writer.finish();
        }
        return file;
    }

    private static NwtHeader header(boolean dependence) {
        return new NwtHeader("prog", List.of(), "test", "x86_64", dependence);
    }
}
