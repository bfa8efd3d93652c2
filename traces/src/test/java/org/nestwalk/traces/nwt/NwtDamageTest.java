package org.nestwalk.traces.nwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class NwtDamageTest {
    @TempDir Path directory;

    @Test
    void readsTheWholeBlocksOfAnInterruptedRecording() throws IOException {
        List<One> accesses = accesses(1_200_000);
        Path file = directory.resolve("trace.nwt");
        NwtRoundTripTest.write(file, accesses, 8192);
        BlockEntry last;
        try (NwtFile nwt = NwtFile.open(file)) {
            last = nwt.blocks().getLast();
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, (int) last.offset() + 1000));

        TraceReader reader = Traces.open(file);
        assertThat(reader.info().note()).contains("the index is missing");
        assertThat(Samples.all(reader)).isEqualTo(accesses.subList(0, (int) last.firstAccess()));
    }

    @Test
    void namesTheByteOfAFlippedBlock() throws IOException {
        Path file = directory.resolve("trace.nwt");
        NwtRoundTripTest.write(file, accesses(5000), 8192);
        byte[] bytes = Files.readAllBytes(file);
        bytes[600] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> Samples.all(Traces.open(file)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file + ": at byte ")
                .hasMessageContaining("checksum does not match");
    }

    /// Traces that were put one after another, or a download that went on.
    @Test
    void whatFollowsTheEndIsNotReadOver() throws IOException {
        Path file = directory.resolve("trace.nwt");
        NwtRoundTripTest.write(file, accesses(5000), 8192);
        byte[] whole = Files.readAllBytes(file);
        for (byte[] more : new byte[][] {whole, {0}, "garbage".getBytes(StandardCharsets.UTF_8)}) {
            Files.write(file, whole);
            Files.write(file, more, StandardOpenOption.APPEND);
            assertThatThrownBy(() -> Samples.all(Traces.open(file)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(file + ": at byte " + whole.length)
                    .hasMessageContaining("something follows the end of the trace");
        }
    }

    @Test
    void digestsTheSameAccessesAlikeWhateverTheLayout() throws IOException {
        List<One> accesses = accesses(30_000);
        Path one = directory.resolve("one.nwt");
        Path cutOff = directory.resolve("other.nwt");
        NwtRoundTripTest.write(one, accesses, 8192);
        try (NwtFile file = NwtFile.open(one);
                TraceReader reader = Traces.open(one)) {
            byte[] bytes = Files.readAllBytes(one);
            Files.write(cutOff, Arrays.copyOf(bytes, bytes.length - NwtFormat.TRAILER_BYTES));
            assertThat(reader.digest()).isEqualTo(file.digest());
        }
        try (TraceReader reader = Traces.open(cutOff);
                TraceReader original = Traces.open(one)) {
            assertThat(reader.digest()).isEqualTo(original.digest());
        }
    }

    @Test
    void saysThatTheDiskIsFullAndKeepsWholeBlocks() throws IOException {
        List<One> accesses = accesses(1_200_000);
        Path whole = directory.resolve("whole.nwt");
        NwtRoundTripTest.write(whole, accesses, 8192);
        long room = Files.size(whole) * 3 / 4;
        FullDisk disk = new FullDisk(room);
        TraceBlock block = new TraceBlock();

        assertThatThrownBy(
                        () -> {
                            try (NwtWriter writer =
                                    new NwtWriter(disk, "full.nwt", NwtHeader.UNKNOWN)) {
                                for (One access : accesses) {
                                    block.add(access.address(), access.info());
                                    if (!block.hasRoom()) {
                                        writer.write(block);
                                        block.count = 0;
                                    }
                                }
                                writer.finish();
                            }
                        })
                .isInstanceOf(InputException.class)
                .hasMessageContaining("full.nwt: cannot be written after byte")
                .hasMessageContaining("No space left on device");

        Path file = Files.write(directory.resolve("full.nwt"), disk.kept.toByteArray());
        List<One> read = Samples.all(Traces.open(file));
        assertThat(read).isNotEmpty().isEqualTo(accesses.subList(0, read.size()));
    }

    @Test
    void aDiskThatTakesNoBlockLeavesNothingToRead() {
        FullDisk disk = new FullDisk(500);
        TraceBlock block = new TraceBlock();
        accesses(block.capacity()).forEach(access -> block.add(access.address(), access.info()));

        assertThatThrownBy(
                        () -> {
                            try (NwtWriter writer =
                                    new NwtWriter(disk, "full.nwt", NwtHeader.UNKNOWN)) {
                                writer.write(block);
                                writer.finish();
                            }
                        })
                .isInstanceOf(InputException.class)
                .hasMessageContaining("not one whole block was written");
    }

    /// Takes no write that goes beyond its room.
    private static final class FullDisk extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final long room;

        FullDisk(long room) {
            this.room = room;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (kept.size() + length > room) {
                throw new IOException("No space left on device");
            }
            kept.write(bytes, offset, length);
        }
    }

    private static List<One> accesses(int count) {
        List<One> some = NwtRoundTripTest.random(77, 100_000);
        List<One> accesses = new ArrayList<>();
        while (accesses.size() < count) {
            accesses.addAll(some.subList(0, Math.min(some.size(), count - accesses.size())));
        }
        return accesses;
    }
}
