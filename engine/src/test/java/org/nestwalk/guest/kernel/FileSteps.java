package org.nestwalk.guest.kernel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.random.SplitMix64;

/// Reads and writes files, loads and stores at random in 64 pages from [#BASE] on: the same from
/// the same seed.
final class FileSteps implements StepSource {
    static final long BASE = 0x7f00_0000_0000L;

    private final long seed;
    private final int firstFile;
    private final int files;
    private final int accesses;
    private int left;
    private @Nullable SystemCall call;

    /// @param calls reads and writes
    /// @param firstFile and how many files after it
    /// @param accesses before each, 0 to 15 times as many
    FileSteps(long seed, int calls, int firstFile, int files, int accesses) {
        this.seed = seed;
        this.left = calls;
        this.firstFile = firstFile;
        this.files = files;
        this.accesses = accesses;
    }

    @Override
    public int next(long[] block) {
        call = null;
        if (left == 0) {
            return 0;
        }
        left--;
        long bits = SplitMix64.hash(seed, left);
        int count = (int) (bits & 15) * accesses;
        for (int i = 0; i < count; i++) {
            long word = Long.remainderUnsigned(SplitMix64.hash(bits, i), 64 * 512) * 8;
            block[i] = (i & 1) == 0 ? Guest.store(BASE + word) : Guest.load(BASE + word);
        }
        long start = BASE + Long.remainderUnsigned(bits >>> 8, 60 * 512) * 8;
        long offset = Long.remainderUnsigned(bits >>> 20, 60 * 512) * 8;
        long bytes = (1 + Long.remainderUnsigned(bits >>> 40, 1000)) * 8;
        int file = firstFile + (int) Long.remainderUnsigned(bits >>> 52, files);
        call =
                (bits & 16) == 0
                        ? new SystemCall.Read(file, offset, start, bytes)
                        : new SystemCall.Write(file, offset, start, bytes);
        return count;
    }

    @Override
    public @Nullable SystemCall call() {
        return call;
    }
}
