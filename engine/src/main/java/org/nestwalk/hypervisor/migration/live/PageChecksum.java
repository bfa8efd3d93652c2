package org.nestwalk.hypervisor.migration.live;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.nestwalk.bits.PageSize;

/// 64 bits of a page's address and contents, against damage on the way; not against forgers, whom
/// TLS keeps out.
///
/// CRC-32C (Castagnoli, Bräuer and Herrmann, IEEE Transactions on Communications, 1993), which
/// processors have instructions for, of either half of the page: each finds any damage to its half
/// of up to 32 bits in a row, and all but one in 2^32 of others. The address is mixed in so that
/// neither sums of sums nor pages that come in each other's place go unnoticed.
public final class PageChecksum {
    private static final int HALF = (int) PageSize.SIZE_4K.bytes() / 2;
    private static final long ADDRESS = 0x9e3779b97f4a7c15L;
    private static final long FIRST = 0xbf58476d1ce4e5b9L;
    private static final long SECOND = 0x94d049bb133111ebL;

    private PageChecksum() {}

    /// Of the page at `gpa` whose 4096 bytes are in `page` from `offset` on. The buffer's position
    /// and limit are left anywhere.
    public static long of(long gpa, ByteBuffer page, int offset) {
        long halves = half(page, offset) << 32 | half(page, offset + HALF);
        return mix(halves ^ gpa * ADDRESS);
    }

    private static long half(ByteBuffer page, int offset) {
        CRC32C crc = new CRC32C();
        page.limit(offset + HALF).position(offset);
        crc.update(page);
        page.limit(page.capacity());
        return crc.getValue();
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private static long mix(long word) {
        long first = (word ^ word >>> 30) * FIRST;
        long second = (first ^ first >>> 27) * SECOND;
        return second ^ second >>> 31;
    }
}
