package org.nestwalk.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.lab.setup.EntryTable.Reader;
import org.nestwalk.lab.setup.EntryTable.Space;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.random.Xoshiro256;

/// Tables that are no radix trees against a map.
class EntryTableTest {
    private static final long BASE = 1L << 46;
    private static final int PAGES = 20_000;

    /// The kinds, and the references that a walk may take.
    enum Kind {
        HASHED(1, 40) {
            @Override
            EntryTable make(Space space, FlatMemory memory, long seed) {
                return new HashedTable(space, memory, seed);
            }
        },
        CUCKOO(3, 3) {
            @Override
            EntryTable make(Space space, FlatMemory memory, long seed) {
                return new CuckooTable(space, memory, seed);
            }
        },
        DIRECT(1, 1) {
            @Override
            EntryTable make(Space space, FlatMemory memory, long seed) {
                return new DirectTable(space, memory);
            }
        };

        private final int least;
        private final int most;

        Kind(int least, int most) {
            this.least = least;
            this.most = most;
        }

        abstract EntryTable make(Space space, FlatMemory memory, long seed);
    }

    private static final class Row implements Space {
        private long next = BASE;

        @Override
        public long take(long bytes) {
            long base = next;
            next += bytes;
            return base;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }
    }

    private static final class Counter implements Reader {
        private final FlatMemory memory;
        private final Set<Long> lines = new HashSet<>();
        private int references;
        private int depth;

        Counter(FlatMemory memory) {
            this.memory = memory;
        }

        @Override
        public long locate(long address) {
            return address;
        }

        @Override
        public long read(long hpa) {
            references++;
            lines.add(hpa >>> 6);
            return memory.read(hpa);
        }

        @Override
        public void together(boolean begins) {
            depth += begins ? 1 : -1;
        }
    }

    @ParameterizedTest
    @EnumSource
    void entriesAreThoseOfAMap(Kind kind) {
        for (long seed = 1; seed <= 3; seed++) {
            FlatMemory memory = new FlatMemory(BASE);
            EntryTable table = kind.make(new Row(), memory, seed);
            Map<Long, Long> twin = new HashMap<>();
            Xoshiro256 random = new Xoshiro256(seed);
            for (int i = 0; i < PAGES; i++) {
                long page = page(random, i);
                if (!twin.containsKey(page)) {
                    assertThat(table.find(page)).isEqualTo(EntryTable.NONE);
                    long frame = (long) i << 12;
                    table.add(page, EntryTable.entry(frame, 0));
                    twin.put(page, frame);
                }
            }
            twin.forEach((page, frame) -> {
                Counter counter = new Counter(memory);
                long slot = table.walk(page, counter);
                assertThat(EntryTable.frame(memory.read(slot))).isEqualTo(frame);
                assertThat(counter.references).isBetween(kind.least, kind.most);
                assertThat(counter.lines).hasSize(counter.references);
                assertThat(counter.depth).isZero();
            });
        }
    }

    /// Pages in rows, and far from each other, up to the highest of 57-bit addresses.
    private static long page(Xoshiro256 random, int i) {
        return switch (i % 4) {
            case 0 -> random.nextBelow(1L << 8);
            case 1 -> 0x7f000_0000L + i;
            case 2 -> (1L << 45) - 1 - i;
            default -> (random.nextBelow(6) << 40) + random.nextBelow(1L << 14);
        };
    }

    @ParameterizedTest
    @EnumSource(names = "HASHED")
    void nearlyAllWalksOfAHashedTableReadOneLine(Kind kind) {
        FlatMemory memory = new FlatMemory(BASE);
        EntryTable table = kind.make(new Row(), memory, 5);
        for (long page = 0; page < PAGES; page++) {
            table.add(page * 8, EntryTable.entry(page << 12, 0));
        }
        Counter counter = new Counter(memory);
        for (long page = 0; page < PAGES; page++) {
            table.walk(page * 8, counter);
        }
        // Linear probing at a load a: (1 + 1 / (1 - a)) / 2 (Knuth, volume 3, section 6.4).
        assertThat((double) counter.references / PAGES).isBetween(1.0, 1.5);
    }
}
