package org.nestwalk.traces.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.traces.Encodings;
import org.nestwalk.traces.Encodings.Codec;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class DecompressionTest {
    private static final long MEMORY = 256L << 20;
    private static final byte[] TEXT = text();

    /// Lines that compress about as traces do.
    private static byte[] text() {
        StringBuilder lines = new StringBuilder();
        Random random = new Random(5);
        for (int i = 0; i < 3000; i++) {
            lines.append(" L %08x,8%n".formatted(random.nextInt() & 0x7fff_ffff));
        }
        return lines.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] read(byte[] compressed) throws IOException {
        return read(compressed, MEMORY);
    }

    private static byte[] read(byte[] compressed, long memory) throws IOException {
        try (ByteInput input =
                new ByteInput(
                        Decompression.open(new ByteArrayInputStream(compressed), "file", memory),
                        "file")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[8192];
            int n;
            while ((n = input.take(part, 0, part.length)) > 0) {
                out.write(part, 0, n);
            }
            return out.toByteArray();
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] skippable(int number, int bytes) {
        return ByteBuffer.allocate(8 + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x184D2A50 + number)
                .putInt(bytes)
                .array();
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void undoesEveryCompression(Codec codec) throws IOException {
        assertThat(read(codec.compress(TEXT))).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void undoesLayers(Codec codec) throws IOException {
        assertThat(read(Encodings.xz(codec.compress(TEXT)))).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @MethodSource("concatenable")
    void readsMembersOneAfterAnother(Codec codec) throws IOException {
        byte[] once = codec.compress(TEXT);

        assertThat(read(concat(once, once, once))).isEqualTo(concat(TEXT, TEXT, TEXT));
    }

    /// A stream that was cut must not look like a shorter one. Snappy frames have no end, so a cut
    /// between two of them cannot be told.
    @ParameterizedTest
    @MethodSource("codecs")
    void aCutStreamIsAnError(Codec codec) throws IOException {
        byte[] compressed = codec.compress(TEXT);
        for (int lost : new int[] {1, 2, 5, compressed.length / 2}) {
            byte[] cut = Arrays.copyOf(compressed, compressed.length - lost);
            assertThatThrownBy(() -> read(cut))
                    .as(codec + " without its last " + lost)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("file");
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void garbageAfterTheEndIsAnError(Codec codec) throws IOException {
        byte[] compressed = codec.compress(TEXT);
        for (byte[] garbage :
                new byte[][] {
                    {'x'}, {1, 2, 3, 4}, "hello, garbage".getBytes(StandardCharsets.US_ASCII)
                }) {
            assertThatThrownBy(() -> read(concat(compressed, garbage)))
                    .as(codec + " and " + garbage.length + " bytes")
                    .isInstanceOf(InputException.class);
        }
    }

    /// As tapes and disks pad files.
    @ParameterizedTest
    @ValueSource(ints = {1, 9, 18, 26, 27, 511, 70_000, 300_000})
    void zerosAfterTheLastGzipMemberArePadding(int zeros) throws IOException {
        byte[] once = Codec.GZIP.compress(TEXT);
        byte[] padded = concat(once, once, new byte[zeros]);
        assertThat(read(padded)).isEqualTo(concat(TEXT, TEXT));
        for (byte[] after : new byte[][] {{'x'}, once}) {
            assertThatThrownBy(() -> read(concat(padded, after)))
                    .isInstanceOf(InputException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"BZIP2, 1", "BZIP2, 511", "BZIP2, 70000", "XZ, 4", "XZ, 512", "XZ, 70000"})
    void zerosAfterAStreamArePadding(Codec codec, int zeros) throws IOException {
        byte[] once = codec.compress(TEXT);
        byte[] padding = new byte[zeros];
        assertThat(read(concat(once, padding, once, padding))).isEqualTo(concat(TEXT, TEXT));
    }

    @ParameterizedTest
    @CsvSource({
        "XZ, 3, followed by 3 zeros; padding is a multiple of 4",
        "XZ, 70001, followed by 70001 zeros",
        "XZ, 0, what follows a stream of xz is neither another one nor zeros",
        "XZ, 4, what follows a stream of xz is neither",
        "BZIP2, 0, what follows a stream of bzip2 is neither another one nor zeros",
        "BZIP2, 3, what follows a stream of bzip2 is neither",
    })
    void whatFollowsAStreamIsNamed(Codec codec, int zeros, String problem) throws IOException {
        byte[] after = problem.contains("what follows") ? new byte[] {'a', 'b'} : new byte[0];
        byte[] file = concat(codec.compress(TEXT), new byte[zeros], after);
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @MethodSource("concatenable")
    void aDamagedSecondMemberIsAnError(Codec codec) throws IOException {
        byte[] once = codec.compress(TEXT);
        byte[] twice = concat(once, once);
        for (int kept : new int[] {1, 2, 3, 7}) {
            byte[] cut = Arrays.copyOf(twice, once.length + kept);
            assertThatThrownBy(() -> read(cut))
                    .as(codec + ": " + kept + " bytes of the second member")
                    .isInstanceOf(InputException.class);
        }
        byte[] badMagic = twice.clone();
        badMagic[once.length] ^= 0x40;
        assertThatThrownBy(() -> read(badMagic)).isInstanceOf(InputException.class);
    }

    static Stream<Codec> codecs() {
        return Arrays.stream(Codec.values());
    }

    /// The others' formats are a single stream.
    static Stream<Codec> concatenable() {
        return codecs().filter(codec -> codec != Codec.LZMA && codec != Codec.SNAPPY);
    }

    /// Where buffers end, the JDK's stream looks elsewhere for what follows.
    @Test
    void whatFollowsAMemberIsSeenWhereverItLies() throws IOException {
        Random random = new Random(9);
        for (int length = (1 << 16) - 40; length < (1 << 16) + 20; length++) {
            byte[] text = new byte[length];
            random.nextBytes(text);
            byte[] member = Codec.GZIP.compress(text);
            byte[] small = Codec.GZIP.compress(new byte[] {1});
            assertThat(read(concat(member, small))).hasSize(length + 1);
            assertThat(read(concat(small, member, small))).hasSize(length + 2);
            for (int garbage : new int[] {1, 5, 30}) {
                byte[] zeros = new byte[garbage];
                assertThat(read(concat(member, zeros))).hasSize(length);
                assertThatThrownBy(() -> read(concat(member, zeros, new byte[] {1})))
                        .as(length + " and " + garbage)
                        .isInstanceOf(InputException.class);
                byte[] cut = Arrays.copyOf(small, Math.min(garbage, small.length - 1));
                assertThatThrownBy(() -> read(concat(member, cut)))
                        .as(length + " and a member cut to " + garbage)
                        .isInstanceOf(InputException.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "15, 0", "5, 100000"})
    void skippableFramesMayComeFirst(int number, int bytes) throws IOException {
        byte[] skippable = skippable(number, bytes);

        for (Codec codec : new Codec[] {Codec.ZSTD, Codec.LZ4}) {
            byte[] frame = codec.compress(TEXT);
            assertThat(read(concat(skippable, frame))).isEqualTo(TEXT);
            assertThat(read(concat(skippable, skippable, frame, skippable))).isEqualTo(TEXT);
        }
    }

    @Test
    void nothingButSkippableFramesIsAnError() {
        assertThatThrownBy(() -> read(skippable(0, 4)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("neither a zstd nor an lz4 frame follows");
        assertThatThrownBy(() -> read(concat(skippable(0, 4), TEXT)))
                .isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 23, 26})
    void aDictionaryBeyondTheLimitIsSaidWithWhatItNeeds(int log) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(1 << log);
        try (OutputStream xz = new XZOutputStream(out, options)) {
            xz.write(TEXT);
        }
        long needed = (1L << log - 20) + 1;

        assertThatThrownBy(() -> read(out.toByteArray(), 1L << log - 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("needs " + needed + "MiB of memory")
                .hasMessageContaining("NESTWALK_DECODER_MEMORY=" + needed + "MiB");
        assertThat(read(out.toByteArray(), needed << 20)).isEqualTo(TEXT);
    }

    private static byte[] longZstd(int log) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out)) {
            zstd.setLong(log);
            zstd.write(TEXT);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {22, 25, 27})
    void aWindowBeyondTheLimitIsSaidWithWhatItNeeds(int log) throws IOException {
        byte[] compressed = longZstd(log);
        String needed = (1 << log - 20) + "MiB";

        assertThatThrownBy(() -> read(compressed, 1L << log - 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("needs " + needed + " of memory")
                .hasMessageContaining("NESTWALK_DECODER_MEMORY=" + needed);
        assertThat(read(compressed, 1L << log)).isEqualTo(TEXT);
    }

    @Test
    void aLaterFramesWindowIsSaidToo() throws IOException {
        byte[] compressed = concat(longZstd(18), longZstd(25));

        assertThatThrownBy(() -> read(compressed, 1L << 20))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("NESTWALK_DECODER_MEMORY");
    }

    @Test
    void theEnvironmentSaysHowMuchMemoryIsAllowed() {
        assertThat(DecoderMemory.allowed(null)).isEqualTo(MEMORY);
        assertThat(DecoderMemory.allowed(" ")).isEqualTo(MEMORY);
        assertThat(DecoderMemory.allowed("512MiB")).isEqualTo(512L << 20);
        assertThatThrownBy(() -> DecoderMemory.allowed("lots"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("NESTWALK_DECODER_MEMORY: 'lots' is not a size");
    }

    @Test
    void whatIsNotReadIsNamed() {
        byte[] legacy = concat(new byte[] {0x02, 0x21, 0x4C, 0x18}, TEXT);
        assertThatThrownBy(() -> read(legacy)).hasMessageContaining("lz4's legacy format");
        byte[] archive = concat(new byte[] {'7', 'z', (byte) 0xBC, (byte) 0xAF, 0x27, 0x1C}, TEXT);
        assertThatThrownBy(() -> read(archive)).hasMessageContaining("a 7z archive");
        byte[] compress = concat(new byte[] {0x1F, (byte) 0x9D}, TEXT);
        assertThatThrownBy(() -> read(compress)).hasMessageContaining("compress's .Z");
    }
}
