package org.nestwalk.guest.kernel;

import java.util.BitSet;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.BuddyAllocator;

/// How often the frames of a state are still to be met in tables and files: as often as the state
/// says that they are mapped. Each meeting claims one, whatever has become of the frame since.
final class FrameClaims {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int BLOCK = 1 << BuddyAllocator.ORDER_2M;

    private final long frames;

    // Frames that are taken and have not been met yet.
    private final BitSet unmet = new BitSet();

    // By 2-MiB block: for each frame, meetings beyond the first that are left. Null for none.
    private final short[][] beyond;
    private long left;

    /// @param state that [GuestFrames] have become
    /// @param bytes of guest memory
    FrameClaims(KernelState.FramesState state, long bytes) {
        frames = bytes / PAGE;
        beyond = new short[(int) (frames / BLOCK)][];
        Runs.forEach(
                state.blocks(),
                (first, count) -> {
                    int order = (int) (first & PAGE - 1);
                    int frame = (int) (first / PAGE);
                    unmet.set(frame, (int) (frame + (count << order)));
                });
        // The kernel's own are nobody else's.
        unmet.clear(0, BLOCK);
        Runs.forEach(
                state.shared(),
                (first, count) -> {
                    long more = first & Short.MAX_VALUE;
                    for (long frame = first >>> 16; frame < (first >>> 16) + count; frame++) {
                        int block = (int) (frame / BLOCK);
                        if (beyond[block] == null) {
                            beyond[block] = new short[BLOCK];
                        }
                        beyond[block][(int) (frame % BLOCK)] = (short) more;
                    }
                    left += more * count;
                });
    }

    /// The frame at `gpa` has been met. Returns false if it must not be, or not again.
    boolean claim(long gpa) {
        long frame = gpa / PAGE;
        if (gpa < 0 || frame >= frames) {
            return false;
        }
        if (unmet.get((int) frame)) {
            unmet.clear((int) frame);
            return true;
        }
        short[] more = beyond[(int) (frame / BLOCK)];
        if (more == null || more[(int) (frame % BLOCK)] == 0) {
            return false;
        }
        more[(int) (frame % BLOCK)]--;
        left--;
        return true;
    }

    /// The frame at `gpa` has been met, and can be met only once.
    boolean claimAlone(long gpa) {
        return claim(gpa) && (beyond[(int) (gpa / PAGE / BLOCK)] == null || isLast(gpa / PAGE));
    }

    private boolean isLast(long frame) {
        return beyond[(int) (frame / BLOCK)][(int) (frame % BLOCK)] == 0;
    }

    /// How many meetings beyond the first are left, of all frames.
    long left() {
        return left;
    }
}
