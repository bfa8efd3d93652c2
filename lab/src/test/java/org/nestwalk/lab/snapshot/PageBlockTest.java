package org.nestwalk.lab.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.snapshot.SnapshotFormat.Entry;
import org.nestwalk.machine.GuestMemory;

class PageBlockTest {
    private static final long GPA = 3 * SnapshotFormat.BLOCK_SPAN;

    // Two pages of the first group, none of the second, one of the third, all of the fourth.
    private static final long PRESENT = 1L << 2 | 1L << 15 | 1L << 40 | 0xffffL << 48;

    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

    @AfterEach
    void close() {
        zstd.close();
    }

    /// A frame for each group, of pages whose words are the page's number.
    private static byte[] payload() {
        byte[][] frames = new byte[SnapshotFormat.GROUPS][];
        for (int group = 0; group < SnapshotFormat.GROUPS; group++) {
            ByteBuffer pages =
                    SnapshotFormat.buffer(SnapshotFormat.GROUP_PAGES * SnapshotFormat.PAGE);
            for (int page = 16 * group; page < 16 * group + 16; page++) {
                for (int i = 0; (PRESENT >>> page & 1) != 0 && i < GuestMemory.PAGE_WORDS; i++) {
                    pages.putLong(page);
                }
            }
            byte[] bytes = SnapshotFormat.bytes(pages.flip());
            frames[group] = bytes.length == 0 ? bytes : Zstd.compress(bytes);
        }
        return payload(frames);
    }

    private static byte[] payload(byte[]... frames) {
        ByteBuffer payload = SnapshotFormat.buffer(1 << 16);
        payload.putLong(GPA).putLong(PRESENT).putLong(0);
        for (byte[] frame : frames) {
            payload.putInt(frame.length);
        }
        for (byte[] frame : frames) {
            payload.put(frame);
        }
        return SnapshotFormat.bytes(payload.flip());
    }

    private @Nullable PageBlock open(byte[] payload) {
        int crc = SnapshotFormat.crc(payload, 0, payload.length);
        return PageBlock.of(payload, new Entry(GPA, 8, payload.length, crc, PRESENT, 0), zstd);
    }

    @Test
    void eachPageIsFoundInItsGroup() {
        PageBlock block = Objects.requireNonNull(open(payload()));
        assertThat(block.isWhole()).isTrue();
        long[] words = new long[GuestMemory.PAGE_WORDS];
        for (int page = 0; page < SnapshotFormat.BLOCK_PAGES; page++) {
            if ((PRESENT >>> page & 1) != 0) {
                assertThat(block.read(GPA + (long) page * SnapshotFormat.PAGE, words)).isTrue();
                assertThat(words).containsOnly(page);
            }
        }
    }

    @Test
    void sizesOfFramesThatAreNotTheBlocksAreRefused() {
        int sizes = 3 * Long.BYTES;
        for (int change : new int[] {-1, 1, 1 << 20, Integer.MIN_VALUE}) {
            byte[] payload = payload();
            ByteBuffer fields = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
            fields.putInt(sizes + 12, fields.getInt(sizes + 12) + change);
            assertThat(open(payload)).as("%d more", change).isNull();
        }
        assertThat(open(Arrays.copyOf(payload(), SnapshotFormat.BLOCK_HEAD_BYTES - 1))).isNull();
    }

    @Test
    void framesOfOtherSizesOrNoneAreNotRead() {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        byte[] page = Zstd.compress(new byte[SnapshotFormat.PAGE]);
        byte[] none = new byte[0];
        byte[] noise = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        for (byte[] first : new byte[][] {page, none, noise}) {
            PageBlock block = Objects.requireNonNull(open(payload(first, none, page, none)));
            assertThat(block.isWhole()).isFalse();
            assertThat(block.read(GPA + 2 * SnapshotFormat.PAGE, words)).isFalse();
            // The others are as good as ever.
            assertThat(block.read(GPA + 40 * SnapshotFormat.PAGE, words)).isTrue();
        }
    }
}
