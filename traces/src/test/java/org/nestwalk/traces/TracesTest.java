package org.nestwalk.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.Samples.One;

class TracesTest {
    @TempDir Path directory;

    @Test
    void detectsChampSimAndGivesFetchLoadsStores() throws IOException {
        List<One> accesses = Samples.all(Traces.open(write(Encodings.champSim(100, 64))));

        assertThat(accesses).hasSize(300);
        assertThat(accesses.subList(3, 6))
                .containsExactly(
                        new One(0x401004, AccessInfo.pack(Access.FETCH, 1, 0)),
                        new One(0x7ffe00001008L, AccessInfo.pack(Access.LOAD, 1, 0)),
                        new One(0x7ffe00000008L, AccessInfo.pack(Access.STORE, 1, 0)));
    }

    @Test
    void readsCloudSuiteRecordsWhenNamed() throws IOException {
        Path file = write(Encodings.champSim(100, 96));

        assertThat(Samples.all(Traces.open(file, TraceFormat.CHAMPSIM_CLOUDSUITE)))
                .isEqualTo(Samples.all(Traces.open(write(Encodings.champSim(100, 64)))));
    }

    @Test
    void restoresCanonicalAddressesOfRawTraces() throws IOException {
        ByteBuffer words = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        words.putLong(0xffff_8000_0000_1000L).putLong(0x7fff_8000_0000_1008L);

        assertThat(Samples.all(Traces.open(write(words.array()))))
                .containsExactly(
                        new One(0xffff_8000_0000_1000L, AccessInfo.pack(Access.STORE, 1, 0)),
                        new One(0xffff_8000_0000_1008L, AccessInfo.pack(Access.LOAD, 1, 0)));
    }

    @Test
    void detectsRawBehindXzAndZstd() throws IOException {
        byte[] raw = Encodings.raw(Samples.all(Traces.open(Samples.DRMEMTRACE)));
        List<One> plain = Samples.all(Traces.open(write(raw)));

        assertThat(plain).hasSize(26_448 + 10_735);
        assertThat(Samples.all(Traces.open(write(Encodings.xz(raw))))).isEqualTo(plain);
        assertThat(Samples.all(Traces.open(write(Encodings.zstd(raw))))).isEqualTo(plain);
    }

    @Test
    void asksForTheFormatOfUnknownContents() throws IOException {
        Path file = Files.writeString(directory.resolve("letter"), "Dear Sir or Madam, I write");

        assertThatThrownBy(() -> Traces.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("name the format with --format, one of nwt, lackey");
    }

    @Test
    void saysThatAFileIsEmpty() throws IOException {
        Path file = write(new byte[0]);

        assertThatThrownBy(() -> Traces.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the file is empty");
    }

    @Test
    void saysThatAFileIsMissing() {
        assertThatThrownBy(() -> Traces.open(directory.resolve("missing")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void saysThatAZipHoldsNoChunks() throws IOException {
        Path file = directory.resolve("other.zip");
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("readme.txt"));
            zip.closeEntry();
        }

        assertThatThrownBy(() -> Traces.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("its first entry is 'readme.txt'");
    }

    @Test
    void digestsTheBytesOfAForeignFile() {
        try (TraceReader reader = Traces.open(Samples.DRMEMTRACE)) {
            assertThat(reader.digest())
                    .isEqualTo("b48585fd99dd2bdb3363ee6a7169217fd8858d11f15ec6e71deac5bdc77250ff");
        }
    }

    @Test
    void convertsToNwtWithoutLosingAnAccess() {
        Path file = directory.resolve("converted.nwt");
        try (TraceReader reader = Traces.open(Samples.LACKEY)) {
            Conversion.copy(reader, file, TraceFormat.NWT, Long.MAX_VALUE, n -> {});
        }

        assertThat(Samples.all(Traces.open(file)))
                .isEqualTo(Samples.all(Traces.open(Samples.LACKEY)));
    }

    @Test
    void convertsToLackeyTextAndBack() {
        Path file = directory.resolve("converted.txt");
        try (TraceReader reader = Traces.open(Samples.DRMEMTRACE)) {
            Conversion.copy(reader, file, TraceFormat.LACKEY, 5000, n -> {});
        }

        assertThat(Samples.all(Traces.open(file)))
                .isEqualTo(Samples.all(Traces.open(Samples.DRMEMTRACE)).subList(0, 5000));
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("trace"), bytes);
    }
}
