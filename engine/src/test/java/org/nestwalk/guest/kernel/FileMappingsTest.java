package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.guest.kernel.FileMappings.Mapping;

/// What is left of mappings of files when ranges are unmapped, spaces fork and spaces end.
class FileMappingsTest {
    private static final long PAGE = 4096;
    private static final int FILE = 3;

    private final Guest guest =
            new Guest(Machines.FLAT, 16 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL));
    private final FileMappings mappings = new FileMappings();
    private AddressSpace space;
    private AddressSpace other;

    @BeforeEach
    void mapPagesTenToTwenty() {
        space = guest.kernel.start(0, "p", List.of()).space();
        other = guest.kernel.start(0, "q", List.of()).space();
        mappings.add(new Mapping(space, 10 * PAGE, 20 * PAGE, FILE, 100));
    }

    @AfterEach
    void close() {
        guest.close();
    }

    /// The page of the file at a page of the space, or -1.
    private long filePage(AddressSpace of, long page) {
        // The last byte of a page belongs to it, too.
        Mapping mapping = mappings.find(of, page * PAGE + PAGE - 1);
        assertThat(mappings.find(of, page * PAGE)).isEqualTo(mapping);
        return mapping == null ? -1 : mapping.page(page * PAGE);
    }

    @Test
    void onlyPagesInsideAreMappedAndOnlyInTheirSpace() {
        for (long page = 8; page < 22; page++) {
            boolean isInside = page >= 10 && page < 20;
            assertThat(filePage(space, page)).isEqualTo(isInside ? 90 + page : -1);
            assertThat(filePage(other, page)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({"12, 15", "10, 20", "5, 25", "10, 11", "19, 20", "5, 10", "20, 25", "0, 12"})
    void whatLiesOutsideAnUnmappedRangeStays(long from, long to) {
        mappings.remove(other, from * PAGE, to * PAGE);
        mappings.remove(space, from * PAGE, to * PAGE);
        for (long page = 8; page < 22; page++) {
            boolean isLeft = page >= 10 && page < 20 && (page < from || page >= to);
            assertThat(filePage(space, page)).as("page %d", page).isEqualTo(isLeft ? 90 + page : -1);
        }
        assertThat(mappings.of(FILE)).allMatch(one -> one.start() < one.end());
    }

    @Test
    void aChildHasWhatItsParentHasUntilItEnds() {
        mappings.add(new Mapping(space, 30 * PAGE, 31 * PAGE, FILE + 1, 0));
        mappings.fork(space, other);
        assertThat(filePage(other, 12)).isEqualTo(102);
        assertThat(mappings.of(FILE)).hasSize(2);
        assertThat(mappings.of(FILE + 1)).hasSize(2);
        mappings.remove(other, 12 * PAGE, 13 * PAGE);
        assertThat(filePage(space, 12)).isEqualTo(102);
        mappings.end(other);
        assertThat(filePage(other, 14)).isEqualTo(-1);
        assertThat(filePage(space, 14)).isEqualTo(104);
        assertThat(mappings.of(FILE)).hasSize(1);
    }

    @Test
    void whatAnotherSpaceHasIsNoChilds() {
        AddressSpace third = guest.kernel.start(0, "r", List.of()).space();
        mappings.fork(other, third);
        assertThat(mappings.of(FILE)).hasSize(1);
    }
}
