package org.nestwalk.traces.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.Encodings.Codec;
import org.nestwalk.traces.Records;
import org.nestwalk.traces.Samples;
import org.nestwalk.traces.Samples.One;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

class TraceFolderTest {
    @TempDir Path directory;

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(directory.resolve(name), bytes);
    }

    private static Records thread(long id, long process, long time) {
        return Records.header(0x40, 4096, id, process, time);
    }

    private static byte[] end(Records records, long thread) {
        return records.add(23, 4, thread).add(26, 0, 0).bytes();
    }

    private List<Long> addresses() {
        return Samples.all(Traces.open(directory)).stream().map(One::address).toList();
    }

    @Test
    void threadsTakeTurnsByTheirTimestamps() throws IOException {
        write("b.trace", end(thread(2, 1, 100).load(1).time(300).load(4).time(500).load(6), 2));
        write("a.trace", end(thread(1, 1, 200).load(2).load(3).time(400).load(5), 1));

        List<One> accesses = Samples.all(Traces.open(directory));

        assertThat(accesses.stream().map(One::address)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(accesses.stream().map(one -> AccessInfo.thread(one.info())))
                .containsExactly(1, 0, 0, 1, 0, 1);
    }

    /// Snappy's frames have no end, but the trace in them has.
    @Test
    void aFileCutBetweenSnappyFramesIsSaidToLackItsFooter() throws IOException {
        byte[] whole = end(thread(1, 1, 100).load(1).time(300).load(4).load(5), 1);
        byte[] frames = Codec.SNAPPY.compress(Arrays.copyOf(whole, whole.length - 4 * 12));
        write("1.trace.sz", frames);
        write("2.trace.sz", Codec.SNAPPY.compress(end(thread(2, 1, 200).load(2), 2)));
        for (Path trace : List.of(directory, directory.resolve("1.trace.sz"))) {
            try (TraceReader reader = Traces.open(trace)) {
                Samples.all(reader);
                assertThat(reader.info().note()).contains("the footer is missing");
            }
        }
    }

    @Test
    void aFileThatMayNotBeReadIsNamedOnce() throws IOException {
        write("1.trace", end(thread(1, 1, 100).load(1), 1));
        Path file = directory.resolve("1.trace");
        Files.setPosixFilePermissions(file, Set.of());
        assumeFalse(Files.isReadable(file), "root may read everything");
        assertThatThrownBy(() -> Traces.open(directory))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": it may not be read");
    }

    @Test
    void equalTimestampsFollowTheNamesOfFiles() throws IOException {
        write("2.trace", end(thread(2, 1, 100).load(2), 2));
        write("1.trace", end(thread(1, 1, 100).load(1).time(100).load(11), 1));
        write("3.trace", end(thread(3, 1, 100).load(3), 3));

        assertThat(addresses()).containsExactly(1L, 11L, 2L, 3L);
    }

    /// Files as DynamoRIO and others compress them, in its layout, with what it puts beside them.
    @Test
    void filesMayBeCompressedAndHaveOthersBesideThem() throws IOException {
        Path traces = Files.createDirectory(directory.resolve("trace"));
        write("trace/1.trace.zip", Records.zip(end(thread(1, 1, 100).load(1), 1), 2));
        int time = 200;
        for (Codec codec : Codec.values()) {
            byte[] bytes = end(thread(time, 1, time).load(time), time);
            write("trace/" + codec + ".trace", codec.compress(bytes));
            time += 100;
        }
        write("trace/serial_schedule.bin.gz", new byte[] {1, 2, 3});
        write("trace/cpu_schedule.bin.zip", new byte[] {1, 2, 3});
        write("trace/v2p.textproto", new byte[] {1});

        List<Long> addresses = addresses();

        assertThat(addresses).isSorted().hasSize(1 + Codec.values().length);
        assertThat(Samples.all(Traces.open(traces))).hasSameSizeAs(addresses);
    }

    @Test
    void theRepeatedTimestampOfAChunkIsNone() throws IOException {
        Records chunked =
                thread(1, 1, 100).load(1).marker(21, 0).marker(22, 5).time(100).marker(3, 0);
        write("1.trace", end(chunked.load(2).time(300).load(4), 1));
        write("0.trace", end(thread(2, 1, 99).load(0).time(100).load(100), 2));

        assertThat(addresses()).containsExactly(0L, 100L, 1L, 2L, 4L);
    }

    /// The naive twin: segments of all threads, sorted by time.
    @Test
    void agreesWithSortingAllSegments() throws IOException {
        Random random = new Random(11);
        record Segment(long time, int thread, List<Long> addresses) {}
        List<Segment> segments = new ArrayList<>();
        for (int thread = 0; thread < 7; thread++) {
            Records records = thread(thread, 1, 10 + thread);
            Segment segment = new Segment(10 + thread, thread, new ArrayList<>());
            segments.add(segment);
            long time = 10;
            for (int i = 0; i < 5000; i++) {
                if (random.nextInt(20) == 0) {
                    time += 7L * (1 + random.nextInt(50));
                    segment = new Segment(time + thread, thread, new ArrayList<>());
                    segments.add(segment);
                    records.time(time + thread);
                }
                long address = random.nextLong(1L << 46);
                segment.addresses().add(address);
                records.load(address);
            }
            write("t" + thread, end(records, thread));
        }
        segments.sort(Comparator.comparingLong(Segment::time));

        assertThat(addresses())
                .isEqualTo(segments.stream().flatMap(s -> s.addresses().stream()).toList());
    }

    @Test
    void aProcessOfSeveralCanBeChosen() throws IOException {
        write("1.trace", end(thread(1, 10, 100).load(1).time(300).load(3), 1));
        write("2.trace", end(thread(2, 20, 200).load(2).time(400).load(4), 2));

        TraceReader reader = Traces.open(directory, new TraceChoice(null, 20L));
        assertThat(Samples.all(reader).stream().map(One::address)).containsExactly(2L, 4L);
        TraceReader all = Traces.open(directory);
        assertThat(Samples.all(all)).hasSize(4);
        assertThat(all.info().processes()).containsExactly(10L, 20L);
        assertThatThrownBy(() -> Samples.all(Traces.open(directory, new TraceChoice(null, 5L))))
                .hasMessageContaining("process 5 is not in the trace; it holds 10, 20");
    }

    @Test
    void aCutFileIsNotedAndDamagedOnesAreNamed() throws IOException {
        write("1.trace", end(thread(1, 1, 100).load(1), 1));
        write("2.trace", thread(2, 1, 200).load(2).bytes());
        TraceReader reader = Traces.open(directory);
        assertThat(Samples.all(reader)).hasSize(2);
        assertThat(reader.info().note()).contains("the footer is missing");

        write("3.trace.gz", new byte[] {0x1F, (byte) 0x8B, 8, 0});
        assertThatThrownBy(() -> Traces.open(directory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("3.trace.gz");
    }

    @Test
    void aFolderOfSomethingElseIsRefused() throws IOException {
        assertThatThrownBy(() -> Traces.open(directory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("this directory holds no traces");
        write("a.txt", "I  0401ab70,3\n".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Traces.open(directory))
                .hasMessageContaining("a.txt: this is text of valgrind's lackey");
        assertThatThrownBy(() -> Traces.open(directory, TraceFormat.LACKEY))
                .hasMessageContaining("a directory is read as drmemtrace only");
    }

    @Test
    void theDigestIsThatOfTheListOfDigests() throws IOException {
        write("1.trace", "abc".getBytes(StandardCharsets.US_ASCII));
        TraceFolder.Digest digest = new TraceFolder.Digest(TraceFolder.files(directory));

        // sha256sum 1.trace | sha256sum
        assertThat(digest.finish())
                .isEqualTo("abdfae8c9c1047cf540774fc4e24045afca6452151cac25d427afca9ad13a5ed");
    }
}
