package org.nestwalk.mmu.sets;

/// Entries of a [SetAssociative] by slot, that is, `set * ways + way`, as
/// [org.nestwalk.mmu.NaiveSetAssociative] numbers them.
public final class Slots {
    private Slots() {}

    public static int insert(SetAssociative array, long key, long tag) {
        return slot(array, array.insert(key, tag, Fingerprints.spread(tag)));
    }

    public static int find(SetAssociative array, long key, long tag) {
        return slot(array, array.find(key, tag, Fingerprints.spread(tag)));
    }

    public static int peek(SetAssociative array, long key, long tag) {
        return slot(array, array.peek(key, tag));
    }

    public static void invalidate(SetAssociative array, int slot) {
        array.invalidate(place(array, slot));
    }

    public static long tag(SetAssociative array, int slot) {
        return array.tag(place(array, slot));
    }

    private static int place(SetAssociative array, int slot) {
        return array.place(slot / array.ways(), slot % array.ways());
    }

    private static int slot(SetAssociative array, int place) {
        if (place < 0) {
            return -1;
        }
        int stride = array.place(1, 0) - array.place(0, 0);
        int set = place / stride;
        return set * array.ways() + place - array.place(set, 0);
    }
}
