package org.nestwalk.paging;

import java.util.HashMap;
import java.util.Map;

/// Walk caches without limits: everything the walker reports is kept until it is forgotten.
final class MapCaches implements WalkCaches {
    private final Map<Key, Long> guest = new HashMap<>();
    private final Map<Key, Long> second = new HashMap<>();
    private final Map<Key, Long> nested = new HashMap<>();
    boolean keepGuest = true;
    boolean keepSecond = true;
    boolean keepNested = true;
    private long guestTable;
    private long secondTable;

    private record Key(int level, long prefix) {
        static Key of(int level, long address) {
            return new Key(level, address >>> (3 + 9 * level));
        }
    }

    int guestTables() {
        return guest.size();
    }

    int secondTables() {
        return second.size();
    }

    int translations() {
        return nested.size();
    }

    void forgetAll() {
        guest.clear();
        second.clear();
        nested.clear();
    }

    private static int lowest(Map<Key, Long> tables, long address) {
        for (int level = 1; level <= 4; level++) {
            if (tables.containsKey(Key.of(level + 1, address))) {
                return level;
            }
        }
        return 0;
    }

    private static long table(Map<Key, Long> tables, int level, long address) {
        return level == 0 ? 0 : tables.getOrDefault(Key.of(level + 1, address), 0L);
    }

    @Override
    public int guestStart(long gva) {
        int level = lowest(guest, gva);
        guestTable = table(guest, level, gva);
        return level;
    }

    @Override
    public long guestTable() {
        return guestTable;
    }

    @Override
    public void guestTableFound(int level, long gva, long table) {
        if (keepGuest) {
            guest.put(Key.of(level + 1, gva), table);
        }
    }

    @Override
    public long nested(long gpa, long needed) {
        long known = nested.getOrDefault(Key.of(1, gpa), 0L);
        return (known & needed) == needed ? known : 0;
    }

    @Override
    public void nestedFound(long gpa, long translation) {
        if (keepNested) {
            nested.put(Key.of(1, gpa), translation);
        }
    }

    @Override
    public int secondStart(long gpa) {
        int level = lowest(second, gpa);
        secondTable = table(second, level, gpa);
        return level;
    }

    @Override
    public long secondTable() {
        return secondTable;
    }

    @Override
    public void secondTableFound(int level, long gpa, long table) {
        if (keepSecond) {
            second.put(Key.of(level + 1, gpa), table);
        }
    }
}
