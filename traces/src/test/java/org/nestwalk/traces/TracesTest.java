package org.nestwalk.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
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
    void detectsCloudSuiteRecordsToo() throws IOException {
        byte[] bytes = Encodings.champSim(100, 96);
        for (int record = 0; record < 100; record++) {
            Arrays.fill(bytes, record * 96 + 10, record * 96 + 18, (byte) 0); // no registers
        }

        try (TraceReader reader = Traces.open(write(bytes))) {
            assertThat(reader.info().format()).isEqualTo(TraceFormat.CHAMPSIM_CLOUDSUITE);
        }
    }

    @Test
    void detectsChampSimRecordsWithoutRegisters() throws IOException {
        byte[] bytes = Encodings.champSim(100, 64);
        for (int record = 0; record < 100; record++) {
            Arrays.fill(bytes, record * 64 + 10, record * 64 + 16, (byte) 0);
        }

        try (TraceReader reader = Traces.open(write(bytes))) {
            assertThat(reader.info().format()).isEqualTo(TraceFormat.CHAMPSIM);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50, 99})
    void asksWhereAnInstructionPointerIsZero(int record) throws IOException {
        for (int size : new int[] {64, 96}) {
            byte[] bytes = Encodings.champSim(100, size);
            Arrays.fill(bytes, record * size, record * size + 8, (byte) 0);

            assertThatThrownBy(() -> Traces.open(write(bytes)))
                    .isInstanceOf(InputException.class)
                    .satisfies(said -> asks(said, "name the format"));
        }
    }

    @Test
    void addressSpacesOfCloudSuiteAreProcesses() throws IOException {
        byte[] bytes = Encodings.champSim(100, 96);
        for (int record = 0; record < 100; record++) {
            Arrays.fill(bytes, record * 96 + 88, record * 96 + 90, (byte) (record % 2 + 5));
        }
        Path file = write(bytes);

        TraceReader all = Traces.open(file, TraceFormat.CHAMPSIM_CLOUDSUITE);
        assertThat(Samples.all(all)).hasSize(300);
        assertThat(all.info().processes()).containsExactly(5L, 6L);
        assertThat(Samples.all(Traces.open(file, new TraceChoice(null, 6L))))
                .hasSize(150)
                .first()
                .extracting(One::address)
                .isEqualTo(0x401004L);
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

        assertThat(Samples.all(Traces.open(write(words.array()), TraceFormat.RAW)))
                .containsExactly(
                        new One(0xffff_8000_0000_1000L, AccessInfo.pack(Access.STORE, 1, 0)),
                        new One(0xffff_8000_0000_1008L, AccessInfo.pack(Access.LOAD, 1, 0)));
    }

    @ParameterizedTest
    @EnumSource(Encodings.Codec.class)
    void neverTakesNumbersForRaw(Encodings.Codec codec) throws IOException {
        byte[] raw = Encodings.raw(Samples.all(Traces.open(Samples.DRMEMTRACE)));
        Path file = write(codec.compress(raw));

        assertThatThrownBy(() -> Traces.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("may be raw addresses, or something else")
                .satisfies(said -> asks(said, "name the format"));
        assertThat(Samples.all(Traces.open(file, TraceFormat.RAW))).hasSize(26_448 + 10_735);
    }

    private static void asks(Throwable said, String words) {
        assertThat(((InputException) said).messageWithParameter()).contains(words);
    }

    @Test
    void asksForTheFormatOfUnknownContents() throws IOException {
        Path file = Files.writeString(directory.resolve("letter"), "Dear Sir or Madam, I write");

        assertThatThrownBy(() -> Traces.open(file))
                .isInstanceOf(InputException.class)
                .satisfies(said -> asks(said, "name the format, one of nwt, lackey"));
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
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
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

    private Conversion.Result convert(TraceFormat format, Path file, long... addresses)
            throws IOException {
        Records records = Records.header().fetch(0x1000);
        for (long address : addresses) {
            records.load(address);
        }
        try (TraceReader reader = Traces.open(write(records.end().bytes()))) {
            return Conversion.copy(reader, file, format, Long.MAX_VALUE, n -> {});
        }
    }

    @Test
    void rawSaysWhichAddressesItCannotHold() throws IOException {
        Path file = directory.resolve("converted.raw");

        Conversion.Result result =
                convert(
                        TraceFormat.RAW,
                        file,
                        0xb400_7fff_0000_1000L,
                        0x7fff_0000_1008L,
                        0x4000_0000_0000_0000L,
                        0xffff_8000_0000_0000L,
                        0x8000_0000_0000_0000L);

        assertThat(Samples.all(Traces.open(file, TraceFormat.RAW)).stream().map(One::address))
                .containsExactly(0x7fff_0000_1008L, 0xffff_8000_0000_0000L);
        assertThat(result.written()).isEqualTo(2);
        assertThat(result.losses())
                .anySatisfy(loss ->
                        assertThat(loss)
                                .startsWith("3 accesses were left out")
                                .contains("the first is 0xb4007fff00001000"))
                .anySatisfy(loss -> assertThat(loss).startsWith("1 fetch was left out"));
    }

    @Test
    void lackeyAndNwtHoldEveryAddress() throws IOException {
        for (TraceFormat format : new TraceFormat[] {TraceFormat.LACKEY, TraceFormat.NWT}) {
            Path file = directory.resolve("converted." + format.label());
            Conversion.Result result =
                    convert(format, file, 0xb400_7fff_0000_1000L, 0x4000_0000_0000_0000L, -1L);

            assertThat(result.losses()).isEmpty();
            assertThat(Samples.all(Traces.open(file)).stream().map(One::address))
                    .containsExactly(0x1000L, 0xb400_7fff_0000_1000L, 0x4000_0000_0000_0000L, -1L);
        }
    }

    @Test
    void nwtKeepsTheMachineAndTheWarnings() throws IOException {
        Path file = directory.resolve("converted.nwt");
        Records records = Records.header(0x109, 65536, 1, 1, 1).load(0x1000); // and no end
        List<String> warnings;
        try (TraceReader reader = Traces.open(write(records.bytes()))) {
            Conversion.copy(reader, file, TraceFormat.NWT, Long.MAX_VALUE, n -> {});
            warnings = reader.info().warnings();
        }

        try (TraceReader copy = Traces.open(file)) {
            assertThat(copy.info().architecture()).isEqualTo("aarch64");
            assertThat(copy.info().pageSize()).isEqualTo(65536);
            assertThat(warnings).hasSize(3);
            assertThat(copy.info().warnings())
                    .containsAll(warnings)
                    .contains("it is a copy of a recording that was cut off");
        }
    }

    @Test
    void severalProcessesAreNotConvertedIntoOne() throws IOException {
        Records records = Records.header().load(1).add(22, 4, 2).add(24, 4, 2).load(2).end();
        Path file = write(records.bytes());

        try (TraceReader reader = Traces.open(file)) {
            assertThatThrownBy(() ->
                            Conversion.copy(
                                    reader,
                                    directory.resolve("converted.nwt"),
                                    TraceFormat.NWT,
                                    Long.MAX_VALUE,
                                    n -> {}))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("choose one of them");
        }
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
