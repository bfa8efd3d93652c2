package org.nestwalk.paging;

import java.util.List;

/// A paging-structure entry that a [NaiveWalk] read.
record NaiveEntry(long address, long value, int level, boolean leaf) {
    boolean bit(int number) {
        return (value >>> number & 1) == 1;
    }

    boolean anyBit(int from, int to) {
        for (int number = from; number <= to; number++) {
            if (bit(number)) {
                return true;
            }
        }
        return false;
    }

    long page() {
        long address = 0;
        for (int number = 3 + 9 * level; number < 52; number++) {
            address |= bit(number) ? 1L << number : 0;
        }
        return address;
    }

    long table() {
        return (value << 12 >>> 12) / 4096 * 4096;
    }

    /// Tables 4-14 to 4-20 of volume 3A; bit 8 of high entries as the APM has it.
    boolean isReserved(PagingFeatures features, boolean noExecute, boolean gibPages) {
        if (anyBit(features.physicalBits(), 51) || (bit(63) && !noExecute)) {
            return true;
        }
        return switch (level) {
            case 5, 4 -> bit(7) || (features.amd() && bit(8));
            case 3 -> leaf && (!gibPages || anyBit(13, 29));
            case 2 -> leaf && anyBit(13, 20);
            default -> false;
        };
    }

    static boolean all(List<NaiveEntry> path, int number) {
        for (NaiveEntry entry : path) {
            if (!entry.bit(number)) {
                return false;
            }
        }
        return true;
    }

    static boolean none(List<NaiveEntry> path, int number) {
        for (NaiveEntry entry : path) {
            if (entry.bit(number)) {
                return false;
            }
        }
        return true;
    }
}
