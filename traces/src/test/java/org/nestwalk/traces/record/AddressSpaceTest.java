package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nestwalk.traces.Mapping;

class AddressSpaceTest {
    private static final int PAGES = 64;

    /// The obvious address space: what each page is.
    private final String[] now = new String[PAGES];

    private final String[] former = new String[PAGES];

    @Test
    void agreesWithOneKeptPageByPage() {
        Random random = new Random(5);
        AddressSpace space = new AddressSpace();
        for (int step = 0; step < 5_000; step++) {
            int start = random.nextInt(PAGES - 1);
            int end = start + 1 + random.nextInt(Math.min(9, PAGES - start));
            if (random.nextInt(3) == 0) {
                space.unmap((long) start << 12, (long) end << 12);
                for (int page = start; page < end; page++) {
                    former[page] = now[page] == null ? former[page] : now[page];
                    now[page] = null;
                }
            } else {
                String name = random.nextBoolean() ? "" : "file" + random.nextInt(2);
                space.map((long) start << 12, (long) end << 12, name, true);
                Arrays.fill(now, start, end, name);
            }
            check(space);
        }
    }

    private void check(AddressSpace space) {
        String[] mapped = new String[PAGES];
        String[] unmapped = new String[PAGES];
        for (Mapping mapping : space.mappings()) {
            String name = mapping.name().replace("(unmapped)", "").trim();
            for (long page = mapping.start() >> 12; page < mapping.end() >> 12; page++) {
                (mapping.isUnmapped() ? unmapped : mapped)[(int) page] = name;
            }
        }
        assertThat(mapped).isEqualTo(now);
        assertThat(unmapped).isEqualTo(former);
    }

    @Test
    void aReservationThatIsGivenBackWasNeverMemory() {
        AddressSpace space = new AddressSpace();
        space.map(0x10000, 0x90000, "", false);
        space.unmap(0x10000, 0x80000);

        assertThat(space.mappings()).containsExactly(new Mapping(0x80000, 0x90000, ""));
        assertThat(space.mapped()).isZero();
    }

    @Test
    void aMappingInPlaceOfAnotherCountsOnce() {
        AddressSpace space = new AddressSpace();
        space.map(0x10000, 0x20000, "", true);
        space.map(0x10000, 0x20000, "", true);
        space.map(0x18000, 0x20000, "file", true);

        assertThat(space.most()).isEqualTo(0x10000);
    }
}
