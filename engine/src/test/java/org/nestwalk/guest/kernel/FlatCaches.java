package org.nestwalk.guest.kernel;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.paging.WalkCaches;

/// What a [FlatCpu] caches: translations, and the tables of level 1 that they went through. Nothing
/// goes but by invalidation, so that a missing one is met sooner or later.
final class FlatCaches {
    /// Bit of a translation: a piece of a 2-MiB page.
    static final long LARGE = 4;

    private record Tag(int pcid, long page) {}

    private final Map<Tag, Long> translations = new HashMap<>();
    private final Map<Tag, Long> tables = new HashMap<>();

    @Nullable Long translation(int pcid, long gva) {
        return translations.get(new Tag(pcid, gva >> 12));
    }

    void keep(int pcid, long gva, long translation) {
        translations.put(new Tag(pcid, gva >> 12), translation);
    }

    void forget(int pcid, long gva) {
        translations.remove(new Tag(pcid, gva >> 12));
        // A large page's pieces go together.
        translations
                .entrySet()
                .removeIf(each ->
                        (each.getValue() & LARGE) != 0
                                && each.getKey().pcid == pcid
                                && each.getKey().page >> 9 == gva >> 21);
        tables.remove(new Tag(pcid, gva >> 21));
    }

    void forgetTables(int pcid) {
        tables.keySet().removeIf(tag -> tag.pcid == pcid);
    }

    void forget(int pcid) {
        translations.keySet().removeIf(tag -> tag.pcid == pcid);
        forgetTables(pcid);
    }

    void clear() {
        translations.clear();
        tables.clear();
    }

    /// As a walker under `pcid` uses them.
    WalkCaches of(int pcid) {
        return new WalkCaches() {
            private long found;

            @Override
            public int guestStart(long gva) {
                Long table = tables.get(new Tag(pcid, gva >> 21));
                found = table == null ? 0 : table;
                return table == null ? 0 : 1;
            }

            @Override
            public long guestTable() {
                return found;
            }

            @Override
            public void guestTableFound(int level, long gva, long table) {
                if (level == 1) {
                    tables.put(new Tag(pcid, gva >> 21), table);
                }
            }
        };
    }
}
