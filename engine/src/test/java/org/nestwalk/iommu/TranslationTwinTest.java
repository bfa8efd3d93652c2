package org.nestwalk.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.Effort;
import org.nestwalk.InputException;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.iommu.table.DomainTables;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.ExtendedPageTables;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// Every request ends as the naive twin says, and where EPT has the same tables, as it says.
class TranslationTwinTest {
    private static final int REQUESTS = Effort.of(100_000, 1_000_000);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsEndAsTheTwinSays(boolean scalable) {
        int refused = 0;
        int machines = Math.max(1, REQUESTS / 1000);
        for (int seed = 0; seed < machines; seed++) {
            refused += compare(new SplittableRandom(seed), scalable);
        }
        assertThat(refused).isBetween(machines * 40, machines * 960);
    }

    /// 500 requests of one random machine.
    private static int compare(SplittableRandom random, boolean scalable) {
        UnitSettings settings = UnitSettings.of(UnitUnderTest.MEMORY).withIotlb(8);
        UnitUnderTest made =
                new UnitUnderTest(
                        random.nextBoolean() ? settings : settings.plain(),
                        scalable,
                        random.nextInt(4, 6));
        made.attach(false, random.nextBoolean());
        List<Long> pages = mapSome(made, random);
        flipSome(made, random);
        NaiveUnit twin =
                new NaiveUnit(made.memory, made.tables.rootRegister(), made.unit.settings());
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            long address = pages.get(random.nextInt(pages.size())) | random.nextInt(512) * 8L;
            if (random.nextInt(20) == 0) {
                address ^= 1L << random.nextInt(12, 64);
            }
            boolean write = random.nextBoolean();
            int source = random.nextInt(50) == 0 ? 0x1234 : UnitUnderTest.DEVICE;
            NaiveUnit.Answer answer = twin.access(source, address, write);
            long word = made.unit.translate(source, RemappingUnit.NO_PASID, address, write);
            long hpa = word == 0 ? -1 : SecondLevelTranslation.address(word, address);
            FaultLog.Fault fault = made.unit.faults().take();
            assertThat(hpa).as("%x", address).isEqualTo(answer.hpa());
            assertThat(fault == null ? 0 : fault.reason().code()).isEqualTo(answer.reason());
            if (answer.dirtied()) {
                assertThat(made.unit.cached(source, RemappingUnit.NO_PASID, address)).isNotZero();
            }
            refused += hpa == -1 ? 1 : 0;
            if (random.nextInt(40) == 0) {
                change(made, pages, random);
            }
        }
        return refused;
    }

    private static List<Long> mapSome(UnitUnderTest made, SplittableRandom random) {
        List<Long> pages = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            PageSize size = PageSize.ofLevel(random.nextInt(1, random.nextInt(1, 4) + 1));
            long bytes = size.bytes();
            long address = random.nextLong(1L << 38) & -bytes;
            long target = random.nextLong(1L << 33) & -bytes;
            try {
                made.domain.map(address, target, size, random.nextInt(3) > 0);
                pages.add(address | random.nextLong(bytes) & -4096);
            } catch (InputException refused) {
                // A large page may reach around them: of 1 M requests some do.
                boolean interrupts =
                        address < DomainTables.INTERRUPTS_END
                                && address + bytes > DomainTables.INTERRUPTS;
                assertThat(refused)
                        .hasMessageContaining(interrupts ? "addresses of interrupts" : "already");
            }
        }
        return pages;
    }

    /// Flips bits of entries, as no software does.
    private static void flipSome(UnitUnderTest made, SplittableRandom random) {
        List<long[]> leaves = new ArrayList<>();
        made.domain.forEachPage((address, level, entry) -> leaves.add(new long[] {address, level}));
        for (int i = random.nextInt(3); i > 0; i--) {
            long[] leaf = leaves.get(random.nextInt(leaves.size()));
            long slot =
                    slot(made, leaf[0], random.nextInt((int) leaf[1], made.domain.levels() + 1));
            made.memory.write(slot, made.memory.read(slot) ^ 1L << random.nextInt(64));
        }
        if (random.nextInt(10) == 0) {
            long context = made.tables.contextAt(UnitUnderTest.DEVICE) + 8L * random.nextInt(2);
            made.memory.write(context, made.memory.read(context) ^ 1L << random.nextInt(64));
        }
    }

    private static long slot(UnitUnderTest made, long address, int level) {
        long table = made.domain.root();
        for (int above = made.domain.levels(); above > level; above--) {
            table =
                    made.memory.read(table + (address >>> 3 + 9 * above & 511) * 8)
                            & EptEntry.ADDRESS;
        }
        return table + (address >>> 3 + 9 * level & 511) * 8;
    }

    /// Changes an entry, and has the unit forget.
    private static void change(UnitUnderTest made, List<Long> pages, SplittableRandom random) {
        long page = pages.get(random.nextInt(pages.size()));
        int level = random.nextInt(1, made.domain.levels() + 1);
        long slot = slot(made, page, level);
        made.memory.write(slot, made.memory.read(slot) ^ 1L << random.nextInt(3));
        made.invalidate(
                random.nextBoolean()
                        ? Descriptor.translations()
                        : Descriptor.translations(UnitUnderTest.DOMAIN));
        made.invalidate(Descriptor.contexts());
        made.invalidate(Descriptor.translations());
    }

    @Test
    void equalTablesTranslateAsThoseOfProcessors() {
        SplittableRandom random = new SplittableRandom(3);
        UnitUnderTest made = new UnitUnderTest(true).attach(false, true);
        List<Long> pages = mapSome(made, random);
        Walker walker =
                new Walker(
                        made.memory,
                        GuestRegisters.paging(0, 0).withoutPaging(),
                        new PagingFeatures(46, true, true, false, false, false),
                        new ExtendedPageTables(
                                ExtendedPageTables.pointer(made.domain.root(), 4, true),
                                false,
                                new PagingFeatures(46, true, true, false, false, false),
                                null,
                                null),
                        WalkVisitor.NONE,
                        WalkCaches.NONE);
        for (int i = 0; i < REQUESTS; i++) {
            long address = pages.get(random.nextInt(pages.size())) + random.nextLong(1 << 16) & -8L;
            boolean write = random.nextBoolean();
            Outcome outcome = walker.walk(address, write ? AccessType.WRITE : AccessType.READ);
            assertThat(made.hpa(address, write))
                    .isEqualTo(outcome == Outcome.OK ? walker.result().hostPhysicalAddress() : -1);
            made.unit.faults().take();
        }
    }
}
