package org.nestwalk.hypervisor.migration.live;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.VmSettings;

/// The last checksum of each page that went from one side to the other, and their sum, so that the
/// digest of all costs nothing per page while the guest stands still.
final class PageSums {
    private static final int PAGE_SHIFT = 12;
    private static final int CHUNK_SHIFT = 15;
    private static final long PRIME = 0x100000001b3L;
    private static final long FIRST = 0xcbf29ce484222325L;

    // Chunks are made when they are needed: a side that is told of a large guest takes no memory
    // for it before pages come.
    private final long[][] chunks;
    private long sum;

    PageSums(VmSettings settings) {
        long pages = settings.memoryBytes() >> PAGE_SHIFT;
        chunks = new long[(int) (pages + (1 << CHUNK_SHIFT) - 1 >> CHUNK_SHIFT)][];
    }

    /// A page has gone over.
    void put(long gpa, long checksum) {
        int page = (int) (gpa >> PAGE_SHIFT) & (1 << CHUNK_SHIFT) - 1;
        long[] sums = chunk(gpa);
        if (sums == null) {
            sums = new long[1 << CHUNK_SHIFT];
            chunks[(int) (gpa >> PAGE_SHIFT + CHUNK_SHIFT)] = sums;
        }
        // 0 stands for a page that has not.
        long value = checksum == 0 ? 1 : checksum;
        sum += value - sums[page];
        sums[page] = value;
    }

    /// Whether the page has gone over.
    boolean has(long gpa) {
        return of(gpa) != 0;
    }

    private long of(long gpa) {
        long[] sums = chunk(gpa);
        return sums == null ? 0 : sums[(int) (gpa >> PAGE_SHIFT) & (1 << CHUNK_SHIFT) - 1];
    }

    private long @Nullable [] chunk(long gpa) {
        return chunks[(int) (gpa >> PAGE_SHIFT + CHUNK_SHIFT)];
    }

    /// Of all pages but the missing ones, of which those are, and of the state.
    ///
    /// @param missing runs: address, bytes, address, bytes
    long digest(byte[] state, long[] missing) {
        long rest = sum;
        for (int i = 0; i < missing.length; i += 2) {
            for (long gpa = missing[i];
                    gpa < missing[i] + missing[i + 1];
                    gpa += PageSize.SIZE_4K.bytes()) {
                rest -= of(gpa);
            }
        }
        long hash = mix(FIRST, rest);
        for (long word : missing) {
            hash = mix(hash, word);
        }
        ByteBuffer bytes = ByteBuffer.wrap(padded(state)).order(ByteOrder.LITTLE_ENDIAN);
        hash = mix(hash, state.length);
        while (bytes.hasRemaining()) {
            hash = mix(hash, bytes.getLong());
        }
        return hash;
    }

    private static byte[] padded(byte[] state) {
        return Arrays.copyOf(state, state.length + Long.BYTES - 1 & -Long.BYTES);
    }

    private static long mix(long hash, long word) {
        long next = (hash ^ word) * PRIME;
        return next ^ next >>> 29;
    }
}
