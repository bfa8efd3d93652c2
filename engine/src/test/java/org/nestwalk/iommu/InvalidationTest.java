package org.nestwalk.iommu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nestwalk.iommu.RemappingUnit.NO_PASID;
import static org.nestwalk.iommu.UnitUnderTest.DEVICE;
import static org.nestwalk.iommu.UnitUnderTest.DOMAIN;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.iommu.queue.InvalidationQueue.Fault;
import org.nestwalk.iommu.table.DomainTables;
import org.nestwalk.iommu.table.PasidEntry;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;

/// What each descriptor has the unit forget, and nothing else; and how the queue works.
class InvalidationTest {
    private static final int OTHER = 0x0418;
    private static final int OTHER_DOMAIN = 9;
    private static final int PASID = 5;
    private static final long PAGE = 0x20_0000;

    private final UnitUnderTest made = new UnitUnderTest(true).attach();
    private final DomainTables other = new DomainTables(made.memory, made.frames, 4, false);
    private final PageTable first = new PageTable(made.memory, made.frames, TableFormat.X86, 4);

    /// Two devices of two domains; the first has a PASID with both stages, too. All is cached, and
    /// then everything is unmapped behind the unit's back.
    private void cacheAndUnmap() {
        made.tables.attach(OTHER, OTHER_DOMAIN, other, false, false);
        made.tables.attach(
                DEVICE,
                PASID,
                DOMAIN,
                PasidEntry.low(made.domain.root(), 4, PasidEntry.NESTED, false),
                PasidEntry.first(first.root(), 4),
                false);
        made.domain.map(0, 0, PageSize.SIZE_2M, true);
        made.domain.map(1L << 24, 1L << 24, PageSize.SIZE_2M, true);
        for (long page = PAGE; page < PAGE + 4 * 4096; page += 4096) {
            made.domain.map(page, page, PageSize.SIZE_4K, true);
            other.map(page, page, PageSize.SIZE_4K, true);
            first.map(page, page, PageSize.SIZE_4K);
        }
        assertThat(cached()).hasSize(12);
        for (long page = PAGE; page < PAGE + 4 * 4096; page += 4096) {
            made.domain.unmap(page);
            other.unmap(page);
            first.unmap(page);
        }
    }

    /// What still translates: `d`evice, `o`ther or `p`asid, and the number of the page.
    private List<String> cached() {
        List<String> cached = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long page = PAGE + i * 4096L;
            add(cached, "d" + i, made.unit.translate(DEVICE, NO_PASID, page, false));
            add(cached, "o" + i, made.unit.translate(OTHER, NO_PASID, page, false));
            add(cached, "p" + i, made.unit.translate(DEVICE, PASID, page, false));
        }
        return cached;
    }

    private static void add(List<String> cached, String name, long translation) {
        if (translation != 0) {
            cached.add(name);
        }
    }

    static Stream<Arguments> scopes() {
        Set<String> all =
                Set.of("d0", "d1", "d2", "d3", "o0", "o1", "o2", "o3", "p0", "p1", "p2", "p3");
        Set<String> nested = Set.of("p0", "p1", "p2", "p3");
        return Stream.of(
                Arguments.of(Descriptor.translations(), all),
                Arguments.of(
                        Descriptor.translations(DOMAIN),
                        Set.of("d0", "d1", "d2", "d3", "p0", "p1", "p2", "p3")),
                Arguments.of(Descriptor.translations(OTHER_DOMAIN), Set.of("o0", "o1", "o2", "o3")),
                Arguments.of(
                        Descriptor.pages(DOMAIN, PAGE, 0, true),
                        Set.of("d0", "p0", "p1", "p2", "p3")),
                Arguments.of(
                        Descriptor.pages(DOMAIN, PAGE + 0x2000, 1, false),
                        Set.of("d2", "d3", "p0", "p1", "p2", "p3")),
                Arguments.of(
                        Descriptor.pages(OTHER_DOMAIN, PAGE, 2, false),
                        Set.of("o0", "o1", "o2", "o3")),
                Arguments.of(
                        Descriptor.pages(OTHER_DOMAIN, 0, 12, false),
                        Set.of("o0", "o1", "o2", "o3")),
                Arguments.of(Descriptor.pasidTranslations(DOMAIN, PASID), nested),
                Arguments.of(Descriptor.pasidTranslations(DOMAIN, PASID + 1), Set.of()),
                Arguments.of(
                        Descriptor.pasidPages(DOMAIN, PASID, PAGE + 0x1000, 0, true), Set.of("p1")),
                Arguments.of(Descriptor.contexts(), Set.of()),
                Arguments.of(Descriptor.pasid(DOMAIN, PASID), Set.of()));
    }

    @ParameterizedTest
    @MethodSource("scopes")
    void descriptorForgetsItsScopeAlone(Descriptor descriptor, Set<String> forgotten) {
        cacheAndUnmap();
        assertThat(cached()).hasSize(12);
        made.invalidate(descriptor);
        Set<String> left = Set.copyOf(cached());
        assertThat(left).hasSize(12 - forgotten.size());
        assertThat(left.stream().filter(forgotten::contains)).isEmpty();
    }

    static Stream<Arguments> contexts() {
        return Stream.of(
                Arguments.of(Descriptor.contexts(), true, true),
                Arguments.of(Descriptor.contexts(DOMAIN), true, false),
                Arguments.of(Descriptor.context(DOMAIN, DEVICE), true, false),
                Arguments.of(Descriptor.context(DOMAIN, OTHER), false, false),
                Arguments.of(Descriptor.context(OTHER_DOMAIN, OTHER), false, true),
                Arguments.of(Descriptor.pasid(DOMAIN, 0), true, false),
                Arguments.of(Descriptor.translations(), false, false));
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void contextEntriesAreForgottenByTheirScope(
            Descriptor descriptor, boolean device, boolean another) {
        made.tables.attach(OTHER, OTHER_DOMAIN, other, false, false);
        made.domain.map(PAGE, 0, PageSize.SIZE_4K, true);
        other.map(PAGE, 0, PageSize.SIZE_4K, true);
        made.unit.translate(DEVICE, NO_PASID, PAGE, false);
        made.unit.translate(OTHER, NO_PASID, PAGE, false);
        made.tables.detach(DEVICE);
        made.tables.detach(OTHER);
        made.invalidate(descriptor);
        assertThat(made.unit.translate(DEVICE, NO_PASID, PAGE, false) == 0).isEqualTo(device);
        assertThat(made.unit.translate(OTHER, NO_PASID, PAGE, false) == 0).isEqualTo(another);
    }

    @Test
    void tablesStayCachedWhereOnlyLeavesAreSaidToHaveChanged() {
        made.domain.map(PAGE, 0, PageSize.SIZE_4K, true);
        made.domain.map(PAGE + 4096, 0, PageSize.SIZE_4K, true);
        assertThat(made.hpa(PAGE, false)).isZero();
        made.domain.unmap(PAGE);
        assertThat(made.domain.retiredTables()).isZero();
        made.domain.map(PAGE, 0x5000, PageSize.SIZE_4K, true);
        made.invalidate(Descriptor.pages(DOMAIN, PAGE, 0, true));
        assertThat(made.hpa(PAGE, false)).isEqualTo(0x5000);
        long before = made.unit.counts().references();
        made.invalidate(Descriptor.pages(DOMAIN, PAGE, 0, true));
        made.hpa(PAGE, false);
        assertThat(made.unit.counts().references() - before).isEqualTo(1);
        made.invalidate(Descriptor.pages(DOMAIN, PAGE, 0, false));
        made.hpa(PAGE, false);
        assertThat(made.unit.counts().references() - before).isGreaterThan(2);
    }

    @Test
    void notPresentIsCachedInCachingModeOnly() {
        for (boolean caching : new boolean[] {false, true}) {
            UnitUnderTest unit =
                    new UnitUnderTest(
                                    UnitSettings.of(UnitUnderTest.MEMORY).withCachingMode(caching),
                                    true,
                                    4)
                            .attach();
            assertThat(unit.hpa(PAGE, false)).isEqualTo(-1);
            unit.domain.map(PAGE, 0x5000, PageSize.SIZE_4K, true);
            assertThat(unit.hpa(PAGE, false)).isEqualTo(caching ? -1 : 0x5000);
            unit.invalidate(Descriptor.pages(DOMAIN, PAGE, 0, true));
            assertThat(unit.hpa(PAGE, false)).isEqualTo(0x5000);
        }
    }

    @Test
    void unitThatDoesNotSnoopSeesWhatIsWrittenBackAlone() {
        UnitUnderTest unit =
                new UnitUnderTest(
                        UnitSettings.of(UnitUnderTest.MEMORY).withCoherent(false), true, 4);
        unit.attach();
        unit.domain.map(PAGE, 0x5000, PageSize.SIZE_4K, true);
        assertThat(unit.hpa(PAGE, false)).isEqualTo(-1);
        assertThat(unit.lines.flushAll()).isPositive();
        assertThat(unit.hpa(PAGE, false)).isEqualTo(0x5000);
    }

    @Test
    void deviceTlbForgetsWhenTheDeviceHasBeenTold() {
        made.attach(true, false);
        DevicePort port = made.port(16);
        for (int i = 0; i < 4; i++) {
            made.domain.map(PAGE + i * 4096L, 0x5000 + i * 4096L, PageSize.SIZE_4K, true);
            assertThat(port.write(PAGE + i * 4096L, 7)).isTrue();
            made.domain.unmap(PAGE + i * 4096L);
        }
        made.invalidate(Descriptor.translations());
        assertThat(port.write(PAGE, 8)).isTrue();
        made.invalidate(Descriptor.device(DEVICE, PAGE, 1));
        assertThat(port.write(PAGE, 8)).isFalse();
        assertThat(port.write(PAGE + 4096, 8)).isFalse();
        assertThat(port.write(PAGE + 8192, 8)).isTrue();
        made.invalidate(Descriptor.device(DEVICE, PAGE, 2));
        assertThat(port.write(PAGE + 8192, 8)).isFalse();
    }

    @Test
    void fenceWaitsForDevicesAndWritesOnTheirWay() {
        made.attach(true, false);
        DevicePort port = made.port(16);
        made.domain.map(PAGE, 0x5000, PageSize.SIZE_4K, true);
        assertThat(port.post(PAGE, 42)).isTrue();
        made.domain.unmap(PAGE);
        made.queue.submit(Descriptor.pages(DOMAIN, PAGE, 0, false));
        made.queue.submit(Descriptor.device(DEVICE, PAGE, 0));
        int fence = made.queue.fence();
        made.unit.queue().step();
        assertThat(made.memory.read(0x5000)).isEqualTo(42);
        made.unit.queue().step();
        made.unit.queue().step();
        made.unit.queue().step();
        assertThat(made.queue.isDone(fence)).isFalse();
        made.queue.await(fence);
        assertThat(port.write(PAGE, 8)).isFalse();
    }

    @Test
    void malformedDescriptorStopsTheQueueUntilItIsSkipped() {
        for (Descriptor bad :
                List.of(
                        new Descriptor(0, 0),
                        new Descriptor(4, 0),
                        new Descriptor(0x1, 0),
                        new Descriptor(Descriptor.translations().low() | 1L << 40, 0),
                        new Descriptor(Descriptor.contexts().low(), 1))) {
            made.queue.submit(bad);
            made.unit.tick();
            assertThat(made.unit.queue().error()).isEqualTo(Fault.DESCRIPTOR);
            assertThatThrownBy(() -> made.queue.submit(Descriptor.translations()))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("malformed");
            made.unit.queue().clearError();
            made.invalidate(Descriptor.translations());
        }
    }

    @Test
    void fullQueueHasSoftwareWait() {
        for (int i = 0; i < 1000; i++) {
            made.queue.submit(Descriptor.translations());
        }
        made.queue.await(made.queue.fence());
        assertThat(made.unit.queue().executed()).isEqualTo(1001);
    }

    @Test
    void deviceThatDoesNotAnswerStopsTheQueueUntilItIsReset() {
        made.attach(true, false);
        DevicePort port = made.port(4);
        made.domain.map(PAGE, 0x5000, PageSize.SIZE_4K, true);
        port.write(PAGE, 1);
        port.hang(true);
        made.queue.submit(Descriptor.device(DEVICE, PAGE, 0));
        int fence = made.queue.fence();
        assertThatThrownBy(() -> made.queue.await(fence))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("does not answer");
        assertThat(made.queue.isDone(fence)).isFalse();
        port.reset();
        made.unit.queue().clearError();
        made.queue.await(made.queue.fence());
        made.domain.unmap(PAGE);
        made.invalidate(Descriptor.translations());
        assertThat(port.write(PAGE, 1)).isFalse();
    }

    @Test
    void dirtyFlagIsSetAgainOnceItsTranslationIsForgotten() {
        made.attach(false, true);
        made.domain.map(PAGE, 0x5000, PageSize.SIZE_4K, true);
        List<Long> found = new ArrayList<>();
        made.hpa(PAGE, false);
        made.domain.dirty(true, (page, size) -> found.add(page));
        assertThat(found).isEmpty();
        made.hpa(PAGE, true);
        made.domain.dirty(true, (page, size) -> found.add(page));
        made.hpa(PAGE, true);
        made.domain.dirty(true, (page, size) -> found.add(page));
        assertThat(found).containsExactly(PAGE);
        made.invalidate(Descriptor.pages(DOMAIN, PAGE, 0, true));
        made.hpa(PAGE, true);
        made.domain.dirty(true, (page, size) -> found.add(page));
        assertThat(found).containsExactly(PAGE, PAGE);
    }

    @Test
    void mapsThatCannotBeAreRefusedWithASentence() {
        made.domain.map(PAGE, 0x20_0000, PageSize.SIZE_2M, true);
        assertThatThrownBy(() -> made.domain.map(PAGE + 4096, 0, PageSize.SIZE_4K, true))
                .isInstanceOf(InputException.class)
                .hasMessage("0x201000 is mapped already, to 0x201000; unmap it first");
        assertThatThrownBy(() -> made.domain.unmap(0x9000))
                .isInstanceOf(InputException.class)
                .hasMessage("nothing is mapped at 0x9000 to be unmapped");
        assertThatThrownBy(() -> made.domain.map(1L << 48, 0, PageSize.SIZE_4K, true))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("beyond the 48 bits");
        assertThatThrownBy(() -> made.domain.map(0xfee0_1000L, 0, PageSize.SIZE_4K, true))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("interrupts");
        assertThatThrownBy(() -> made.domain.map(0x1000, 0, PageSize.SIZE_2M, true))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("multiples");
    }
}
