package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// How the walker uses caches (Intel SDM volume 3A, section 4.10.3; volume 3C, section 28.3).
class WalkCachesTest {
    private final TestMachine machine = TestMachine.ept();
    private final MapCaches caches = new MapCaches();

    WalkCachesTest() {
        machine.caches = caches;
    }

    private static String steps(TestMachine walked, int type) {
        Steps steps = new Steps();
        walked.visitor = steps;
        walked.walk(type);
        return steps.toString();
    }

    @Test
    void walkFromCachedTablesReadsOnlyTheLeaves() {
        caches.keepNested = false;
        assertThat(machine.allows(READ)).isTrue();
        assertThat(steps(machine, READ)).isEqualTo("G1 (0 S1");
        assertThat(machine.result().hostPhysicalAddress())
                .isEqualTo(((machine.gpa & ~0xfffL) | (machine.gva & 0xfff)) + TestMachine.HOST);
    }

    @Test
    void walkGoesOnBelowACachedTable() {
        machine.map(machine.gva + (1 << 21), machine.gpa + (1 << 21));
        assertThat(machine.allows(READ)).isTrue();
        Steps steps = new Steps();
        machine.visitor = steps;
        assertThat(machine.walk(machine.gva + (1 << 21), READ)).isEqualTo(Outcome.OK);
        assertThat(steps.toString()).isEqualTo("G2 (1 S1 G1 g2 g1 (0 S2 S1");
    }

    @Test
    void knownTranslationNeedsNoReference() {
        assertThat(machine.allows(READ)).isTrue();
        assertThat(steps(machine, READ)).isEqualTo("G1 (0");
    }

    @Test
    void nestedTlbAloneLeavesTheGuestsEntries() {
        caches.keepGuest = false;
        assertThat(machine.allows(READ)).isTrue();
        assertThat(steps(machine, READ)).isEqualTo("(4 G4 (3 G3 (2 G2 (1 G1 (0");
    }

    @Test
    void secondLevelTablesAloneShortenEveryNestedWalk() {
        caches.keepGuest = false;
        caches.keepNested = false;
        assertThat(machine.allows(READ)).isTrue();
        assertThat(steps(machine, READ)).isEqualTo("(4 S1 G4 (3 S1 G3 (2 S1 G2 (1 S1 G1 (0 S1");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"EPT", "NPT"})
    void readTranslationThatIsNotDirtyDoesNotServeAWrite(Kind kind) {
        TestMachine walked = new TestMachine(kind, 4, 1, 4, 1);
        walked.accessedDirty = true;
        walked.caches = caches;
        assertThat(walked.allows(READ)).isTrue();
        assertThat(steps(walked, READ)).isEqualTo("G1 (0");
        assertThat(steps(walked, WRITE)).isEqualTo("G1 g1 (0 S1 s1");
        assertThat(walked.data(1).has(kind == Kind.EPT ? EptEntry.DIRTY : PagingEntry.DIRTY))
                .isTrue();
        assertThat(steps(walked, WRITE)).isEqualTo("G1 (0");
    }

    @Test
    void translationWithoutAccessedAndDirtyFlagsServesWrites() {
        assertThat(machine.allows(READ)).isTrue();
        assertThat(steps(machine, WRITE)).isEqualTo("G1 g1 (0");
    }

    @Test
    void faultingWalkIsRepeatedFromTheRoot() {
        assertThat(machine.allows(READ)).isTrue();
        machine.guest(1).clear(PagingEntry.WRITE);
        assertThat(steps(machine, WRITE))
                .isEqualTo(
                        "G1 (4 S4 S3 S2 S1 G4 (3 S4 S3 S2 S1 G3 (2 S4 S3 S2 S1 G2 (1 S4 S3 S2 S1"
                                + " G1");
        assertThat(machine.result().outcome()).isEqualTo(Outcome.PAGE_FAULT);
    }

    @Test
    void coldFaultIsNotRepeated() {
        machine.caches = WalkCaches.NONE;
        machine.guest(4).put(0);
        assertThat(steps(machine, READ)).isEqualTo("(4 S4 S3 S2 S1 G4");
    }

    @Test
    void permissionAddedInMemoryIsFoundByTheRepeatedWalk() {
        machine.guest(3).clear(PagingEntry.WRITE);
        assertThat(machine.allows(READ)).isTrue();
        machine.guest(3).set(PagingEntry.WRITE);
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void staleTranslationThatRefusesIsRepeatedFromTheRoot() {
        machine.data(2).clear(EptEntry.WRITE);
        assertThat(machine.allows(READ)).isTrue();
        machine.data(2).set(EptEntry.WRITE);
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void staleGuestTableStaysInUseUntilItIsForgotten() {
        assertThat(machine.allows(READ)).isTrue();
        machine.guest(3).put(0);
        assertThat(machine.allows(READ)).isTrue();
        caches.forgetAll();
        assertThat(machine.pageFault(READ)).isZero();
    }

    @Test
    void staleSecondLevelTableStaysInUseUntilItIsForgotten() {
        caches.keepNested = false;
        assertThat(machine.allows(READ)).isTrue();
        machine.data(3).put(0);
        assertThat(machine.allows(READ)).isTrue();
        caches.forgetAll();
        machine.violation(READ);
    }

    @Test
    void staleTranslationStaysInUseUntilItIsForgotten() {
        assertThat(machine.allows(READ)).isTrue();
        machine.data(1).put(0);
        assertThat(machine.allows(READ)).isTrue();
        caches.forgetAll();
        machine.violation(READ);
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "NATIVE", mode = Mode.EXCLUDE)
    void tablesAreReportedRootFirst(Kind kind) {
        TestMachine walked = new TestMachine(kind, 5, 1, 5, 1);
        StringBuilder seen = new StringBuilder();
        walked.caches =
                new WalkCaches() {
                    @Override
                    public void guestTableFound(int level, long gva, long table) {
                        seen.append(" g").append(level);
                        assertThat(gva).isEqualTo(walked.gva);
                        assertThat(table)
                                .isEqualTo(
                                        TablePointer.pack(
                                                walked.host(walked.guest.table(gva, level)), 0xf));
                    }

                    @Override
                    public void secondTableFound(int level, long gpa, long table) {
                        seen.append(" s").append(level);
                        assertThat(TablePointer.address(table))
                                .isEqualTo(walked.second.table(gpa, level));
                        assertThat(TablePointer.rights(table)).isEqualTo(0xf);
                    }
                };
        assertThat(walked.allows(READ)).isTrue();
        assertThat(seen.toString())
                .isEqualTo(" s4 s3 s2 s1".repeat(5) + " g4 g3 g2 g1" + " s4 s3 s2 s1");
    }

    @Test
    void guestTablesAreNotReportedIfTheGuestRefuses() {
        machine.guest(1).clear(PagingEntry.WRITE);
        machine.pageFault(WRITE);
        assertThat(caches.guestTables()).isZero();
        assertThat(machine.allows(READ)).isTrue();
        assertThat(caches.guestTables()).isEqualTo(3);
    }

    @Test
    void guestTablesAreNotReportedIfTheirFlagsCannotBeSet() {
        machine.table(3).clear(EptEntry.WRITE);
        machine.violation(READ);
        assertThat(caches.guestTables()).isZero();
    }

    @Test
    void repeatedWalkReportsNothing() {
        machine.guest(4).put(0);
        machine.pageFault(READ);
        int translations = caches.translations();
        assertThat(translations).isEqualTo(1);
        caches.forgetAll();
        caches.keepSecond = false;
        caches.keepNested = false;
        machine.pageFault(READ);
        assertThat(caches.secondTables() + caches.translations()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"EPT", "NPT"})
    void secondLevelTablesAreNotReportedIfItRefuses(Kind kind) {
        TestMachine walked = new TestMachine(kind, 4, 1, 4, 1);
        walked.caches = caches;
        walked.table(4).put(0);
        walked.walk(READ);
        assertThat(walked.result().outcome()).isNotEqualTo(Outcome.OK);
        assertThat(caches.secondTables() + caches.translations()).isZero();
    }

    @Test
    void cachedGuestTableKeepsTheRightsAboveIt() {
        machine.guest(4).clear(PagingEntry.USER);
        machine.guest(3).clear(PagingEntry.WRITE);
        machine.guest(2).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(steps(machine, READ)).isEqualTo("G1 (0");
        assertThat(machine.result().guestUser()).isFalse();
        assertThat(machine.result().guestWritable()).isFalse();
        assertThat(machine.result().guestNoExecute()).isTrue();
        assertThat(machine.allows(FETCH)).isFalse();
        assertThat(machine.allows(WRITE)).isFalse();
        assertThat(machine.allows(READ | USER)).isFalse();
    }

    @Test
    void cachedGuestTableRemembersThatItCannotBeUpdated() {
        for (int level = 1; level <= 4; level++) {
            machine.guest(level).set(PagingEntry.ACCESSED);
        }
        machine.table(1).clear(EptEntry.WRITE);
        assertThat(machine.allows(READ)).isTrue();
        machine.violation(WRITE);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(1));
        assertThat(machine.guest(1).has(PagingEntry.DIRTY)).isFalse();
    }

    @Test
    void fullLogIsMetOnceByAWalkFromCachedTables() {
        machine.accessedDirty = true;
        assertThat(machine.allows(READ)).isTrue();
        PageModificationLog log = machine.startLog(0xffff);
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.PML_FULL);
        log.setIndex(511);
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.OK);
        assertThat(log.index()).isEqualTo(510);
    }

    @Test
    void noCachesAnswerNothing() {
        assertThat(WalkCaches.NONE.guestStart(0)).isZero();
        assertThat(WalkCaches.NONE.guestTable()).isZero();
        assertThat(WalkCaches.NONE.secondStart(0)).isZero();
        assertThat(WalkCaches.NONE.secondTable()).isZero();
        assertThat(WalkCaches.NONE.nested(0, 0)).isZero();
    }

    @Test
    void walkerSaysWhichCachesAreInUse() {
        Walker walker = machine.walker();
        assertThat(walker.caches()).isSameAs(caches);
        assertThat(walker.walk(machine.gva, READ)).isEqualTo(Outcome.OK);
        machine.guest(1).put(0);
        walker.walk(machine.gva, READ);
        assertThat(walker.caches()).isSameAs(WalkCaches.NONE);
    }
}
