package org.nestwalk.lab.migration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.PageBatch;

/// A peer whose checksums are right and whose messages are not.
class HostileStreamTest {
    /// A frame with right checksums, as if it were longer than it is if `length` says so.
    private static byte[] frame(String tag, int length, int checked, Consumer<ByteBuffer> payload) {
        ByteBuffer buffer = WireFormat.direct(1 << 16);
        buffer.position(WireFormat.HEAD_BYTES);
        payload.accept(buffer);
        int end = buffer.position();
        CRC32C crc = new CRC32C();
        int covered = checked < 0 ? end : WireFormat.HEAD_BYTES + checked;
        byte[] letters = tag.getBytes(StandardCharsets.US_ASCII);
        buffer.put(0, letters).putInt(4, length < 0 ? end - WireFormat.HEAD_BYTES : length);
        buffer.putInt(8, WireFormat.crc(crc, buffer, WireFormat.HEAD_BYTES, covered));
        buffer.putInt(12, WireFormat.crc(crc, buffer, 0, 12));
        byte[] bytes = new byte[end];
        buffer.get(0, bytes);
        return bytes;
    }

    private static String heard(Role from, byte[] bytes) {
        Wires.Heard heard = Wires.hear(from, bytes, Wires.ALL, 1 << 16);
        assertThat(heard.messages()).isEmpty();
        return heard.end();
    }

    private static byte[] pages(long entry, byte... contents) {
        return frame("PAGE", -1, 24, out -> out.putLong(1).putLong(entry).putLong(0).put(contents));
    }

    private static long entry(long number, int encoding, int length) {
        return number << 16 | (long) encoding << 13 | length;
    }

    @Test
    void lengthsAreLimitedByTheKindOfMessage() {
        assertThat(heard(Role.SOURCE, frame("STAT", Integer.MAX_VALUE, -1, _ -> {})))
                .contains("STAT of 2,147,483,647 bytes; here are at most");
        assertThat(heard(Role.SOURCE, frame("STAT", -2, -1, _ -> {}).clone()))
                .doesNotContain("Exception");
        assertThat(heard(Role.SOURCE, frame("PAGE", 1 << 20, -1, _ -> {})))
                .contains("here are at most 263,176 taken");
        assertThat(heard(Role.TARGET, frame("RFSD", 5_000, -1, _ -> {})))
                .contains("here are at most 4,096 taken");
    }

    @Test
    void aLongLengthAllocatesNoMoreThanWhatComes() {
        BufferPoolMXBean direct =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .findFirst()
                        .orElseThrow();
        byte[] head = frame("STAT", 16 << 20, -1, _ -> {});
        BytesCarrier carrier = new BytesCarrier(head, 1 << 20);
        try (FramedWire wire =
                new FramedWire(carrier, Wires.agreed(Role.TARGET, Set.of()), Wires.LIMITS)) {
            long before = direct.getTotalCapacity();
            assertThatThrownBy(() -> wire.receive(0)).isInstanceOf(BrokenWireException.class);

            assertThat(direct.getTotalCapacity() - before).isLessThan(2 << 20);
        }
    }

    @Test
    void aLongStateArrivesWhole() {
        byte[] state = new byte[5 << 20];
        new Random(1).nextBytes(state);
        List<Message> said = List.of(new Message.State(state, new long[0], 3), new Message.Go());
        byte[] bytes = Wires.bytes(Role.SOURCE, said, Set.of());

        assertThat(Wires.hear(Role.SOURCE, bytes, Set.of(), 100_000).messages())
                .isEqualTo(Wires.texts(said));
    }

    @Test
    void statesOfTooMuchOrOfNoPagesAreRefused() {
        assertThat(state(1 << 28, 0)).contains("has 268,435,456 bytes of state; here are at most");
        assertThat(state(0, 1 << 21)).contains("has 2,097,152 runs of missing pages");
        assertThat(state(-1, 0)).contains("4,294,967,295 bytes");
        assertThat(state(0, -1)).contains("4,294,967,295 runs");
        assertThat(state(0, 2, 4096, 4096, 0, 4096)).contains("out of order");
        assertThat(state(0, 2, 0, 8192, 4096, 4096)).contains("out of order");
        assertThat(state(0, 1, 0, 4097)).contains("are no pages");
        assertThat(state(0, 1, 0, 128 << 20)).contains("outside memory");
        assertThat(state(0, 1, 4096, Long.MAX_VALUE - 4095)).contains("outside memory");
        assertThat(state(0, 1, 0, 0)).contains("are no pages");
        assertThat(state(0, 2, 0, 4096)).contains("not as long as it says");
    }

    private static String state(int bytes, int runs, long... missing) {
        return heard(
                Role.SOURCE,
                frame(
                        "STAT",
                        -1,
                        -1,
                        out -> {
                            out.putInt(bytes).putInt(runs).putLong(0);
                            Arrays.stream(missing).forEach(out::putLong);
                        }));
    }

    @Test
    void pagesThatAreNoneAreRefused() {
        assertThat(heard(Role.SOURCE, pages(entry(1 << 20, 1, 0))))
                .contains("page 0x100000, which is outside memory");
        assertThat(heard(Role.SOURCE, pages(entry(1, 0, 100), new byte[100])))
                .contains("impossible length");
        assertThat(heard(Role.SOURCE, pages(entry(1, 0, 4096)))).contains("impossible length");
        assertThat(heard(Role.SOURCE, pages(entry(1, 1, 8), new byte[8])))
                .contains("impossible length");
        assertThat(heard(Role.SOURCE, pages(entry(1, 2, 0)))).contains("impossible length");
        assertThat(heard(Role.SOURCE, pages(entry(1, 3, 9), new byte[9])))
                .contains("cannot be unpacked");
        assertThat(heard(Role.SOURCE, pages(entry(1, 7, 0)))).contains("not agreed on");
        assertThat(heard(Role.SOURCE, pages(entry(1, 1, 0), new byte[1])))
                .contains("more than the pages of a list have");
        assertThat(heard(Role.SOURCE, frame("PAGE", -1, 8, out -> out.putLong(65))))
                .contains("65 pages at once");
        assertThat(heard(Role.SOURCE, frame("PAGE", -1, 8, out -> out.putLong(-1))))
                .contains("-1 pages at once");
        assertThat(heard(Role.SOURCE, frame("PAGE", -1, 0, _ -> {}))).contains("0 pages at once");
    }

    @Test
    void aFrameOfZstdThatUnpacksToGigabytesIsRefused() {
        byte[] bomb = Zstd.compress(new byte[1 << 24]);
        assertThat(heard(Role.SOURCE, pages(entry(1, 3, bomb.length), bomb)))
                .contains("cannot be unpacked");
        byte[] small = Zstd.compress(new byte[100]);
        assertThat(heard(Role.SOURCE, pages(entry(1, 3, small.length), small)))
                .contains("impossible length");
    }

    @Test
    void encodingsThatWereNotAgreedOnAreRefused() {
        byte[] zero = pages(entry(1, 1, 0));
        assertThat(Wires.hear(Role.SOURCE, zero, Set.of(PageEncoding.PLAIN), 100).end())
                .contains("not agreed on");
    }

    @Test
    void wantsOfWhatIsNotThereAreRefused() {
        for (long[] want :
                new long[][] {{-4096, 1}, {1, 1}, {64 << 20, 1}, {0, 0}, {0, 65}, {0, -1}}) {
            assertThat(
                            heard(
                                    Role.TARGET,
                                    frame(
                                            "WANT",
                                            -1,
                                            -1,
                                            out -> out.putLong(want[0]).putInt((int) want[1]))))
                    .contains("it can be 1 to 64 that are in memory");
        }
    }

    @Test
    void noSideHearsWhatOnlyItSays() {
        assertThat(heard(Role.TARGET, frame("GOGO", -1, -1, _ -> {})))
                .contains("sends GOGO, which only the source does");
        assertThat(heard(Role.SOURCE, frame("REDY", -1, -1, _ -> {})))
                .contains("sends REDY, which only the target does");
        assertThat(heard(Role.SOURCE, frame("HACK", -1, -1, _ -> {}))).contains("which is none");
    }

    @Test
    void messagesThatAreTooShortOrTooLongAreRefused() {
        for (FrameTag tag : FrameTag.values()) {
            if (tag != FrameTag.PAGES) {
                assertThat(
                                heard(
                                        tag.from(),
                                        frame(
                                                tag.letters(),
                                                -1,
                                                -1,
                                                out -> out.put(new byte[3_000]))))
                        .as("%s", tag)
                        .isNotEmpty();
            }
        }
        assertThat(heard(Role.SOURCE, frame("GOGO", -1, -1, out -> out.put((byte) 1))))
                .contains("is longer than such a message is");
        assertThat(heard(Role.SOURCE, frame("OFFR", -1, -1, out -> out.putLong(1))))
                .contains("is shorter than such a message is");
        assertThat(heard(Role.SOURCE, frame("ROUN", -1, -1, out -> out.putInt(0))))
                .contains("they begin at 1");
    }

    @Test
    void aWrongListOfPagesIsNoticedByItsChecksum() {
        PageBatch batch = Wires.batch(new Random(1), 5);
        byte[] bytes = Wires.bytes(Role.SOURCE, List.of(new Message.Pages(batch)), Wires.ALL);
        bytes[WireFormat.HEAD_BYTES + 8 + 3] ^= (byte) 1;
        assertThat(heard(Role.SOURCE, bytes)).contains("list of pages is damaged");
    }

    @Test
    void aPeerThatDripsOrIsSilentIsLeft() {
        WireLimits limits = Wires.LIMITS.withTimes(Duration.ofMillis(50), Duration.ofMillis(80));
        byte[] frame = frame("STAT", 1 << 20, -1, out -> out.put(new byte[10]));
        assertThat(ends(new DrippingCarrier(frame), limits))
                .contains("has not ended a message that it began");
        assertThat(ends(new DrippingCarrier(new byte[0]), limits)).contains("has said nothing for");
    }

    private static String ends(Carrier carrier, WireLimits limits) {
        try (FramedWire wire =
                new FramedWire(carrier, Wires.agreed(Role.TARGET, Set.of()), limits)) {
            while (true) {
                assertThat(wire.receive(10_000_000)).isNull();
            }
        } catch (BrokenWireException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
