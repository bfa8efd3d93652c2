package org.nestwalk.iommu;

import org.nestwalk.memory.PhysicalMemory;

/// What a unit without caches answers, read bit by bit: the naive twin of [RemappingUnit] for
/// requests without a PASID. Reasons are codes of the VT-d specification, section 7.1.3.
final class NaiveUnit {
    private final PhysicalMemory memory;
    private final long root;
    private final UnitSettings settings;
    private boolean quiet;

    /// @param hpa or -1
    /// @param reason 0 if there is none
    record Answer(long hpa, int reason, boolean dirtied) {}

    NaiveUnit(PhysicalMemory memory, long root, UnitSettings settings) {
        this.memory = memory;
        this.root = root;
        this.settings = settings;
    }

    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int reason;

        Unreadable(int reason) {
            this.reason = reason;
        }
    }

    Answer access(int source, long address, boolean write) {
        quiet = false;
        Answer answer;
        try {
            answer = judge(source, address, write);
        } catch (Unreadable unreadable) {
            answer = refused(unreadable.reason);
        }
        // FPD in any entry on the way: the fault happens, and is not recorded.
        return quiet && answer.hpa == -1 ? refused(0) : answer;
    }

    private Answer judge(int source, long address, boolean write) {
        boolean scalable = bit(root, 10);
        int bus = source / 256;
        int function = source % 256;
        long half =
                word(
                        field(root, 12, 63) * 4096
                                + 16L * bus
                                + (scalable && function > 127 ? 8 : 0),
                        scalable ? 0x38 : 8);
        if (!bit(half, 0)) {
            return refused(scalable ? 0x39 : 1);
        }
        if (field(half, 1, 11) != 0 || tooWide(half)) {
            return refused(scalable ? 0x3a : 0xa);
        }
        long table = field(half, 12, 63) * 4096;
        return scalable
                ? scalable(table + 32L * (function % 128), address, write)
                : legacy(table + 16L * function, address, write);
    }

    private Answer legacy(long entry, long address, boolean write) {
        long low = word(entry, 9);
        long high = word(entry + 8, 9);
        quiet = bit(low, 1);
        if (!bit(low, 0)) {
            return refused(2);
        }
        if (field(low, 4, 11) != 0 || tooWide(low) || bit(high, 7) || field(high, 24, 63) != 0) {
            return refused(0xb);
        }
        long width = field(high, 0, 2);
        if (width < 2 || width > 3 || field(low, 2, 3) == 3) {
            return refused(3);
        }
        if (field(low, 2, 3) == 2) {
            return tooWide(address) ? refused(4) : new Answer(address, 0, false);
        }
        return walk(
                field(low, 12, 63) * 4096,
                (int) width + 2,
                address,
                write,
                false,
                new int[] {4, write ? 5 : 6, 0xc, write ? 5 : 6});
    }

    private Answer scalable(long entry, long address, boolean write) {
        long word = word(entry, 0x40);
        quiet = bit(word, 1);
        if (!bit(word, 0)) {
            return refused(0x41);
        }
        if (field(word, 5, 8) != 0 || tooWide(word) || field(word(entry + 8, 0x40), 20, 63) != 0) {
            return refused(0x42);
        }
        long pasid = word(entry + 8, 0x40);
        if (pasid / 64 >= 128L << field(word, 9, 11)) {
            return refused(0x46);
        }
        long pointer = word(field(word, 12, 63) * 4096 + pasid / 64 * 8, 0x50);
        quiet |= bit(pointer, 1);
        if (!bit(pointer, 0)) {
            return refused(0x51);
        }
        if (field(pointer, 2, 11) != 0 || tooWide(pointer)) {
            return refused(0x52);
        }
        long at = field(pointer, 12, 63) * 4096 + pasid % 64 * 64;
        long low = word(at, 0x58);
        quiet |= bit(low, 1);
        if (!bit(low, 0)) {
            return refused(0x59);
        }
        if (bit(low, 5)
                || bit(low, 10)
                || bit(low, 11)
                || tooWide(low)
                || tooWide(word(at + 16, 0x58))) {
            return refused(0x5a);
        }
        long type = field(low, 6, 8);
        if (type == 4) {
            return tooWide(address) ? refused(0x83) : new Answer(address, 0, false);
        }
        long width = field(low, 2, 4);
        if (type != 2 || width < 2 || width > 3) {
            return refused(0x5b);
        }
        return walk(
                field(low, 12, 63) * 4096,
                (int) width + 2,
                address,
                write,
                bit(low, 9),
                new int[] {0x84, 0x79, 0x7a, write ? 0x85 : 0x86});
    }

    /// @param reasons too wide, not present, reserved, refused
    private Answer walk(
            long table, int levels, long address, boolean write, boolean flags, int[] reasons) {
        if (address >>> (levels == 4 ? 48 : 57) != 0) {
            return refused(reasons[0]);
        }
        boolean allowed = true;
        long[] path = new long[6];
        for (int level = levels; ; level--) {
            int shift = 12 + 9 * (level - 1);
            path[level] = table + (address >>> shift & 511) * 8;
            long entry = word(path[level], bit(root, 10) ? 0x78 : 7);
            if (!bit(entry, 0) && !bit(entry, 1)) {
                return refused(reasons[1]);
            }
            boolean leaf = level == 1 || (level < 4 && bit(entry, 7));
            if (isIllFormed(entry, level, leaf, shift)) {
                return refused(reasons[2]);
            }
            allowed &= bit(entry, write ? 1 : 0);
            if (leaf) {
                if (!allowed) {
                    return refused(reasons[3]);
                }
                return new Answer(
                        (field(entry, 12, 51) * 4096 & -(1L << shift))
                                + (address & (1L << shift) - 1),
                        0,
                        flags && write);
            }
            table = field(entry, 12, 51) * 4096;
        }
    }

    private boolean isIllFormed(long entry, int level, boolean leaf, int shift) {
        if (settings.hostBits() < 52 && field(entry, settings.hostBits(), 51) != 0) {
            return true;
        }
        if (level > 3 && bit(entry, 7)) {
            return true;
        }
        if (!leaf) {
            return bit(entry, 11);
        }
        return bit(entry, 11) && !settings.snoopControl()
                || level == 3 && !settings.oneGiB()
                || shift > 12 && field(entry, 12, shift - 1) != 0;
    }

    private boolean tooWide(long word) {
        return word >>> settings.hostBits() != 0;
    }

    private long word(long address, int reason) {
        if (Long.compareUnsigned(address, settings.memoryBytes()) >= 0) {
            throw new Unreadable(reason);
        }
        return memory.read(address);
    }

    private static boolean bit(long word, int number) {
        return (word >>> number & 1) == 1;
    }

    private static long field(long word, int from, int to) {
        long shifted = word >>> from;
        return to - from == 63 ? shifted : shifted & (1L << to - from + 1) - 1;
    }

    private static Answer refused(int reason) {
        return new Answer(-1, reason, false);
    }
}
