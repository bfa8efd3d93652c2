package org.nestwalk.lab.labs.watchpoints;

import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.random.Xoshiro256;

/// A guest's heap: what its allocator knows, and what a hypervisor that reads it knows of an
/// access.
///
/// A page of 512 words has a header of 16 words, which is the allocator's, and 31 slots of 16
/// words, each for one object of 1 to 16 words. An object belongs to a CPU, and is used by the
/// instructions of one class, which made it: any other that accesses it follows a wrong pointer
/// (Castro, Costa and Harris, "Securing software by enforcing data-flow integrity", OSDI 2006). Of
/// the first 16 slots each has an object that stays, so that every page has one of every class and
/// CPU; of the others about half are free, and have been used before.
final class HeapMap {
    static final int CLASSES = 4;
    static final int MOST_CPUS = 4;

    private static final int PAGE_WORDS = 512;
    private static final int SLOT_WORDS = 16;
    private static final int SLOTS = 31;
    private static final int STAYING = CLASSES * MOST_CPUS;

    private final int pages;
    private final int cpus;
    private final byte[] words;
    private final byte[] classes;
    private final byte[] owners;
    private final boolean[] live;

    /// Pages that are all in use.
    ///
    /// @param cpus 1 to [#MOST_CPUS]
    HeapMap(int pages, int cpus, Xoshiro256 random) {
        this.pages = pages;
        this.cpus = cpus;
        int slots = pages * SLOTS;
        words = new byte[slots];
        classes = new byte[slots];
        owners = new byte[slots];
        live = new boolean[slots];
        for (int i = 0; i < slots; i++) {
            int slot = i % SLOTS;
            boolean stays = slot < STAYING;
            allocate(
                    i,
                    stays ? slot % CLASSES : (int) random.nextBelow(CLASSES),
                    stays ? slot / CLASSES % cpus : (int) random.nextBelow(cpus),
                    random);
            live[i] = stays || slot % 2 == 0;
        }
    }

    private void allocate(int index, int use, int owner, Xoshiro256 random) {
        words[index] = (byte) (1 + random.nextBelow(SLOT_WORDS));
        classes[index] = (byte) use;
        owners[index] = (byte) owner;
        live[index] = true;
    }

    int pages() {
        return pages;
    }

    /// Frees an object of a page, and makes another one in a slot that was free.
    void change(Xoshiro256 random) {
        int page = (int) random.nextBelow(pages);
        int freed = find(page, STAYING, random, true);
        int used = find(page, STAYING, random, false);
        live[freed] = false;
        allocate(used, (int) random.nextBelow(CLASSES), (int) random.nextBelow(cpus), random);
    }

    /// A slot of a page, from slot `first` on, that is in use or free, from a random one on.
    private int find(int page, int first, Xoshiro256 random, boolean inUse) {
        int count = SLOTS - first;
        int start = (int) random.nextBelow(count);
        for (int i = 0; i < count; i++) {
            int index = page * SLOTS + first + (start + i) % count;
            if (live[index] == inUse) {
                return index;
            }
        }
        throw new IllegalStateException("page %d of the heap has no such slot".formatted(page));
    }

    /// A live object of a CPU in a page, as a number for [#classOf] and the like.
    int object(int page, int cpu, Xoshiro256 random) {
        int start = (int) random.nextBelow(SLOTS);
        for (int i = 0; ; i++) {
            int index = page * SLOTS + (start + i) % SLOTS;
            if (live[index] && owners[index] == cpu) {
                return index;
            }
        }
    }

    /// A live object of a class and CPU in a page that stays.
    int staying(int page, int use, int cpu) {
        return page * SLOTS + cpu * CLASSES + use;
    }

    /// A free slot of a page that was used before.
    int freed(int page, Xoshiro256 random) {
        return find(page, STAYING, random, false);
    }

    int classOf(int object) {
        return classes[object];
    }

    /// Words of an object.
    int wordsOf(int object) {
        return words[object];
    }

    /// The number, in the heap, of a word of an object or behind it.
    long word(int object, int word) {
        return (long) object / SLOTS * PAGE_WORDS
                + SLOT_WORDS
                + (long) object % SLOTS * SLOT_WORDS
                + word;
    }

    /// A word of a page in which no instruction of a class has an object.
    long wrong(int page, int use, Xoshiro256 random) {
        while (true) {
            long word = (long) page * PAGE_WORDS + random.nextBelow(PAGE_WORDS);
            int object = objectAt(word);
            if (object < 0 || classes[object] != use) {
                return word;
            }
        }
    }

    /// The live object that has a word; -1 if none has.
    private int objectAt(long word) {
        int slot = slotAt(word);
        boolean inObject =
                slot >= 0 && live[slot] && (int) word % PAGE_WORDS % SLOT_WORDS < words[slot];
        return inObject ? slot : -1;
    }

    /// The slot that has a word; -1 if it is in a page's header, or outside the heap.
    private int slotAt(long word) {
        if (word < 0 || word >= (long) pages * PAGE_WORDS) {
            return -1;
        }
        int inPage = (int) (word % PAGE_WORDS);
        return inPage < SLOT_WORDS
                ? -1
                : (int) (word / PAGE_WORDS) * SLOTS + inPage / SLOT_WORDS - 1;
    }

    /// What speaks against an access of an instruction of class `use`, on a CPU, to a word.
    Suspicion judge(long word, int cpu, int use) {
        int object = objectAt(word);
        if (object >= 0 && classes[object] == use) {
            return owners[object] == cpu ? Suspicion.NONE : Suspicion.RACE;
        }
        int before = objectAt(word - 1);
        if (before >= 0 && classes[before] == use && owners[before] == cpu) {
            return Suspicion.OVERRUN;
        }
        int slot = slotAt(word);
        return slot >= 0 && !live[slot] ? Suspicion.FREED : Suspicion.WILD;
    }
}
