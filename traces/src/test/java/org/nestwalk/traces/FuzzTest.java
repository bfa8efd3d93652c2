package org.nestwalk.traces;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;
import org.nestwalk.traces.Encodings.Codec;
import org.nestwalk.traces.nwt.NwtHeader;
import org.nestwalk.traces.nwt.NwtWriter;

/// Damaged files of every format: each read ends, and ends well or with an input exception.
@Timeout(60)
class FuzzTest {
    private static final long SEED = 20261122;
    private static final int ROUNDS = 100;

    @TempDir Path directory;

    static final class Original {
        private final String name;
        private final TraceFormat format;
        private final byte[] bytes;

        Original(String name, TraceFormat format, byte[] bytes) {
            this.name = name;
            this.format = format;
            this.bytes = bytes;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("originals")
    void truncationsReadOrFailCleanly(Original original) throws IOException {
        Random random = new Random(SEED);
        byte[] bytes = original.bytes;
        for (int round = 0; round < ROUNDS; round++) {
            int length = round < 40 ? round : random.nextInt(bytes.length);
            read(original, Arrays.copyOf(bytes, length), "truncated to " + length);
        }
    }

    @ParameterizedTest
    @MethodSource("originals")
    void flippedBytesReadOrFailCleanly(Original original) throws IOException {
        Random random = new Random(SEED + 1);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = original.bytes.clone();
            int flips = 1 + random.nextInt(8);
            int region = round % 2 == 0 ? Math.min(200, bytes.length) : bytes.length;
            for (int i = 0; i < flips; i++) {
                bytes[random.nextInt(region)] = (byte) random.nextInt();
            }
            read(original, bytes, "flips of round " + round + ", seed " + (SEED + 1));
        }
    }

    private void read(Original original, byte[] bytes, String damage) throws IOException {
        Path file = Files.write(directory.resolve("damaged"), bytes);
        for (TraceFormat forced : new TraceFormat[] {null, original.format}) {
            TraceBlock block = new TraceBlock();
            try (TraceReader reader = Traces.open(file, forced)) {
                while (reader.read(block) > 0) {
                    assertThat(block.count).isLessThanOrEqualTo(block.capacity());
                }
                reader.digest();
            } catch (InputException e) {
                assertThat(e.getMessage()).as(damage).contains(file.toString());
            } catch (RuntimeException e) {
                throw new AssertionError(original + " " + damage, e);
            }
        }
    }

    static Stream<Original> originals() throws IOException {
        List<Samples.One> accesses =
                Samples.all(Traces.open(Samples.DRMEMTRACE)).subList(0, 20_000);
        byte[] lackey = Arrays.copyOf(decompressed(Samples.LACKEY), 100_000);
        byte[] nwt = nwt(accesses);
        return Stream.of(
                new Original(
                        "drmemtrace.zip",
                        TraceFormat.DRMEMTRACE,
                        Files.readAllBytes(Samples.DRMEMTRACE)),
                new Original("lackey", TraceFormat.LACKEY, lackey),
                new Original("lackey.gz", TraceFormat.LACKEY, gzip(lackey)),
                new Original("nwt", TraceFormat.NWT, nwt),
                new Original("nwt.gz", TraceFormat.NWT, gzip(nwt)),
                new Original("champsim", TraceFormat.CHAMPSIM, Encodings.champSim(500, 64)),
                new Original(
                        "champsim-cloudsuite",
                        TraceFormat.CHAMPSIM_CLOUDSUITE,
                        Encodings.champSim(500, 96)),
                new Original("raw", TraceFormat.RAW, Encodings.raw(accesses)),
                new Original("raw.xz", TraceFormat.RAW, Encodings.xz(Encodings.raw(accesses))),
                new Original("raw.zst", TraceFormat.RAW, Encodings.zstd(Encodings.raw(accesses))),
                new Original("lackey.bz2", TraceFormat.LACKEY, Codec.BZIP2.compress(lackey)),
                new Original("lackey.lz4", TraceFormat.LACKEY, Codec.LZ4.compress(lackey)),
                new Original("lackey.lzma", TraceFormat.LACKEY, Codec.LZMA.compress(lackey)),
                new Original("lackey.sz", TraceFormat.LACKEY, Codec.SNAPPY.compress(lackey)),
                new Original("drmemtrace", TraceFormat.DRMEMTRACE, records()),
                new Original("drmemtrace.3.zip", TraceFormat.DRMEMTRACE, Records.zip(records(), 3)),
                new Original("gem5", TraceFormat.GEM5, gem5()));
    }

    private static byte[] gem5() throws IOException {
        return decompressed(Path.of("src/test/resources/cases/gem5.ptrc.gz"));
    }

    private static byte[] records() {
        Records records = Records.header();
        for (int i = 0; i < 300; i++) {
            records.fetch(0x401000 + 12L * i).add(17, 2, 0x404).load(0x7f00_0000_0000L + 4099L * i);
            records.add(i % 50, 3, i);
        }
        return records.end().bytes();
    }

    private static byte[] decompressed(Path file) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] nwt(List<Samples.One> accesses) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TraceBlock block = new TraceBlock(accesses.size());
        accesses.forEach(access -> block.add(access.address(), access.info()));
        try (NwtWriter writer = new NwtWriter(out, "memory", NwtHeader.UNKNOWN)) {
            writer.write(block);
            writer.finish();
        }
        return out.toByteArray();
    }
}
