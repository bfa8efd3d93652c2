package org.nestwalk.traces.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Records;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class DrmemtraceReaderTest {
    @TempDir Path directory;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("trace"), bytes);
    }

    private List<One> all(Records records) throws IOException {
        return Samples.all(Traces.open(write(records.bytes())));
    }

    private TraceInfo infoAtEnd(byte[] bytes) throws IOException {
        try (TraceReader reader = Traces.open(write(bytes))) {
            TraceBlock block = new TraceBlock();
            while (reader.read(block) > 0) {
                assertThat(block.count).isPositive();
            }
            return reader.info();
        }
    }

    private static One fetch(long address, int size) {
        return new One(address, AccessInfo.pack(Access.FETCH, size, 0));
    }

    private static One load(long address, int thread) {
        return new One(address, AccessInfo.pack(Access.LOAD, 8, thread));
    }

    @Test
    void agreesWithDynamoRioOnTheCountsOfARealTrace() {
        TraceReader reader = Traces.open(Samples.DRMEMTRACE);
        long[] counts = Samples.byKind(Samples.all(reader));

        assertThat(reader.info().format()).isEqualTo(TraceFormat.DRMEMTRACE);
        assertThat(counts[Access.FETCH]).isEqualTo(113_287);
        assertThat(counts[Access.LOAD]).isEqualTo(26_448);
        assertThat(counts[Access.STORE]).isEqualTo(10_735);
        assertThat(counts[Access.MODIFY]).isZero();
        assertThat(reader.nonFetched()).isEqualTo(345);
        assertThat(reader.info().note()).isNull();
        assertThat(reader.info().architecture()).isEqualTo("x86_64");
        assertThat(reader.info().pageSize()).isEqualTo(4096);
        assertThat(reader.info().warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 13, 16, 29, 30, 31, 48})
    void anInstructionOfSizeZeroIsNoFetch(int type) throws IOException {
        Records records = Records.header().fetch(0x1000).add(type, 0, 0x2000).load(0x9000).end();

        assertThat(all(records)).containsExactly(fetch(0x1000, 4), load(0x9000, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11, 12, 13, 14, 15, 16, 30, 31, 48, 49})
    void everyFetchedInstructionIsAFetch(int type) throws IOException {
        assertThat(all(Records.header().add(type, 3, 0x2000).end()))
                .containsExactly(fetch(0x2000, 3));
    }

    @Test
    void theSameInstructionOnceMoreIsPerhapsNotFetched() throws IOException {
        Records records = Records.header().add(30, 3, 0x10).add(30, 3, 0x10).add(30, 3, 0x20).end();

        assertThat(all(records)).containsExactly(fetch(0x10, 3), fetch(0x20, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 31, 29})
    void aBundleFollowsTheInstructionBeforeIt(int type) throws IOException {
        Records records =
                Records.header().add(type, 3, 0x1000).load(0x9000).add(17, 3, 0x02_05_01L).end();

        List<One> accesses = all(records);

        assertThat(accesses.subList(accesses.size() - 3, accesses.size()))
                .containsExactly(fetch(0x1003, 1), fetch(0x1004, 5), fetch(0x1009, 2));
    }

    @Test
    void bundlesSpanBlocks() throws IOException {
        Records records = Records.header().fetch(0);
        for (int i = 0; i < 1000; i++) {
            records.add(17, 8, 0x0101_0101_0101_0101L);
        }

        List<One> accesses = all(records.end());

        assertThat(accesses).hasSize(8001);
        assertThat(accesses.getLast()).isEqualTo(fetch(8003, 1));
    }

    @Test
    void aBundleOfMoreThanEightIsRefused() {
        assertThatThrownBy(() -> all(Records.header().fetch(0).add(17, 9, 0).end()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a bundle of 9 instructions");
    }

    private static Records threeProcesses() {
        return Records.header(0x40, 4096, 11, 1, 100)
                .load(0x1000)
                .add(22, 4, 12)
                .add(24, 4, 2)
                .load(0x2000)
                .add(29, 2, 0x10)
                .add(22, 4, 13)
                .add(24, 4, 77)
                .load(0x3000)
                .add(22, 4, 12)
                .load(0x2008)
                .add(22, 4, 14)
                .add(24, 4, 1)
                .load(0x1008)
                .end();
    }

    @Test
    void oneProcessCanBeChosen() throws IOException {
        Path file = write(threeProcesses().bytes());

        assertThat(Samples.all(Traces.open(file, new TraceChoice(null, 1L))))
                .containsExactly(load(0x1000, 0), load(0x1008, 1));
        TraceReader second = Traces.open(file, new TraceChoice(null, 2L));
        assertThat(Samples.all(second)).containsExactly(load(0x2000, 0), load(0x2008, 0));
        assertThat(second.nonFetched()).isEqualTo(1);
        TraceReader third = Traces.open(file, new TraceChoice(null, 77L));
        assertThat(Samples.all(third)).containsExactly(load(0x3000, 0));
        assertThat(third.nonFetched()).isZero();
        third.info().requireOneProcess();
    }

    @Test
    void aProcessThatIsNotThereIsSaid() throws IOException {
        Path file = write(threeProcesses().bytes());

        assertThatThrownBy(() -> Samples.all(Traces.open(file, new TraceChoice(null, 3L))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("process 3 is not in the trace; it holds 1, 2, 77");
    }

    @Test
    void severalProcessesAreRefusedWhereThereIsOneAddressSpace() throws IOException {
        TraceInfo info = infoAtEnd(threeProcesses().bytes());

        assertThat(info.processes()).containsExactly(1L, 2L, 77L);
        assertThatThrownBy(info::requireOneProcess)
                .isInstanceOfSatisfying(
                        InputException.class,
                        bad -> assertThat(bad.parameter()).isEqualTo("process"))
                .hasMessageContaining("several processes (1, 2, 77, ...)")
                .hasMessageContaining("choose one of them");
    }

    @Test
    void threadsOfOneProcessAreOneProcess() throws IOException {
        Records records = Records.header().load(0).add(22, 4, 2).add(24, 4, 1).load(8).end();

        assertThat(infoAtEnd(records.bytes()).processes()).containsExactly(1L);
    }

    @ParameterizedTest
    @CsvSource({
        "0x08, 4096, aarch64", "0x10, 4096, arm", "0x20, 4096, i386", "0x40, 16384, 16KiB",
        "0x40, 65536, 64KiB", "0x48, 4096, aarch64", "0x41, 4096, filtered", "0xC0, 4096, filtered",
        "0x140, 4096, filtered", "0x2040, 4096, filtered", "0x44, 4096, only instructions"
    })
    void anotherMachineAndFiltersAreSaid(String filetype, long pageSize, String warning)
            throws IOException {
        Records records =
                Records.header(Integer.decode(filetype), pageSize, 1, 1, 1).load(0x1000).end();

        assertThat(infoAtEnd(records.bytes()).warnings())
                .hasSize(1)
                .first()
                .asString()
                .contains(warning);
    }

    @Test
    void theMachineIsKnownBeforeTheFirstAccess() throws IOException {
        Path file = write(Records.header(8, 65536, 1, 1, 1).load(0x1000).end().bytes());

        try (TraceReader reader = Traces.open(file)) {
            assertThat(reader.info().architecture()).isEqualTo("aarch64");
            assertThat(reader.info().pageSize()).isEqualTo(65536);
        }
    }

    @Test
    void cutTracesAreNoted() throws IOException {
        byte[] whole = Records.header().fetch(0x1000).load(0x9000).end().bytes();

        assertThat(infoAtEnd(whole).note()).isNull();
        for (int records = 1; records <= 2; records++) {
            byte[] cut = Arrays.copyOf(whole, whole.length - 12 * records);
            assertThat(infoAtEnd(cut).note()).contains("the footer is missing");
        }
        byte[] early = Records.header().fetch(0x1000).add(26, 0, 0).load(0x9000).bytes();
        assertThat(infoAtEnd(early).note()).contains("the footer is missing");
        byte[] noExit = Records.header().fetch(0x1000).add(26, 0, 0).bytes();
        assertThat(infoAtEnd(noExit).note()).contains("no thread exits");
        byte[] inside = Arrays.copyOf(whole, whole.length - 30);
        assertThatThrownBy(() -> infoAtEnd(inside)).hasMessageContaining("inside a record");
    }

    @Test
    void olderTracesAreRecognised() throws IOException {
        for (int version = 1; version <= 2; version++) {
            Records threadFirst = new Records().add(25, 0, version).add(22, 4, 5).add(24, 4, 5);
            assertThat(all(threadFirst.time(3).load(0x5000).end())).hasSize(1);
        }
        Records processFirst = new Records().add(25, 0, 1).add(24, 4, 5).add(22, 4, 5);
        assertThat(all(processFirst.load(0x5000).end())).hasSize(1);
        Records markerFirst = new Records().add(25, 0, 3).marker(12, 3).add(22, 4, 5);
        assertThat(all(markerFirst.load(0x5000).end())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {22, 24, 28})
    void recordsOfA32BitTracerAreNamed(int second) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 * 50).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) 25).putShort((short) 0).putInt(2);
        bytes.putShort((short) second).putShort((short) 4).putInt(4242);
        for (int i = 0; i < 48; i++) {
            bytes.putShort((short) 10).putShort((short) 4).putInt(0x8048000 + 4 * i);
        }
        Path file = write(bytes.array());

        for (TraceFormat format : new TraceFormat[] {null, TraceFormat.DRMEMTRACE}) {
            assertThatThrownBy(() -> Traces.open(file, format))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("records of 8 bytes, by a 32-bit tracer");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0xC407_0000_0000_0040L, 0xC407_0000_0000_3640L, 0xC000_0000_0000_0002L})
    void rawTracesAreNamed(long header) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header).putLong(0x4000_0000_0000_1234L).putLong(0x6000_0000_0000_1234L);
        Path file = write(bytes.array());

        for (TraceFormat format : new TraceFormat[] {null, TraceFormat.DRMEMTRACE}) {
            assertThatThrownBy(() -> Traces.open(file, format))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(
                            "this is a raw drmemtrace trace; DynamoRIO's drraw2trace");
        }
    }
}
