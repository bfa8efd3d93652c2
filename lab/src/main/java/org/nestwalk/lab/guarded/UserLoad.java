package org.nestwalk.lab.guarded;

import org.nestwalk.bits.Access;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.random.Xoshiro256;

/// A program with a hot tenth of its memory, which nine of ten accesses go to; three of ten
/// accesses are stores.
public final class UserLoad {
    private static final long PAGE = 4096;

    private final GuardedGuest guest;
    private final Xoshiro256 random;
    private final long pages;
    private final long[] block = new long[1 << 10];

    /// A program of `guest`.
    public UserLoad(GuardedGuest guest, long seed) {
        this.guest = guest;
        this.random = new Xoshiro256(seed);
        this.pages = guest.image().userBytes() / PAGE;
    }

    /// Makes so many accesses.
    public void run(int accesses) {
        for (int left = accesses; left > 0; left -= block.length) {
            int count = Math.min(left, block.length);
            for (int i = 0; i < count; i++) {
                long bits = random.nextLong();
                long within = (bits >>> 40 & 15) < 14 ? Math.max(1, pages / 10) : pages;
                long page = random.nextBelow(within);
                int kind = (bits & 1023) < 307 ? Access.STORE : Access.LOAD;
                block[i] =
                        Access.pack(kind, KernelImage.USER + page * PAGE + (bits >>> 20 & 511) * 8);
            }
            guest.run(block, count);
        }
    }
}
