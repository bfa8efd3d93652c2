package org.nestwalk.lab.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.lab.explain.WalkCache.Kind;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkVisitor;

class WalkExplainerTest {
    private static final long GVA = 0x7f12_3456_7123L;
    private static final int READ = AccessType.READ | AccessType.USER;
    private static final int WRITE = AccessType.WRITE | AccessType.USER;

    private static WalkExplanation explain(
            WalkMode mode, String guest, String host, int g, int n, String machine, boolean warm) {
        return explain(GVA, READ, mode, guest, host, g, n, machine, warm, "contiguous");
    }

    private static WalkExplanation explain(
            long gva,
            int access,
            WalkMode mode,
            String guest,
            String host,
            int guestLevels,
            int hostLevels,
            String machine,
            boolean warm,
            String layout) {
        return WalkExplainer.explain(
                new WalkQuestion(
                        gva,
                        access,
                        mode,
                        PageSize.parse(guest),
                        PageSize.parse(host),
                        guestLevels,
                        hostLevels,
                        Machines.named(machine).model(),
                        warm,
                        layout,
                        7));
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT", "NPT"})
    void coldWalkHasTheReferencesOfTheFormulaForEveryPairOfLevelsAndSizes(WalkMode mode) {
        for (int guestLevels : List.of(4, 5)) {
            for (int hostLevels : List.of(4, 5)) {
                for (PageSize guest : PageSize.values()) {
                    for (PageSize host : PageSize.values()) {
                        WalkExplanation walk =
                                explain(
                                        mode,
                                        guest.label(),
                                        host.label(),
                                        guestLevels,
                                        hostLevels,
                                        "skylake-sp",
                                        false);
                        int g = guestLevels + 1 - guest.level();
                        int n = hostLevels + 1 - host.level();
                        assertThat(walk.references()).hasSize((g + 1) * (n + 1) - 1);
                        assertThat(walk.references(WalkVisitor.GUEST)).isEqualTo(g);
                        assertThat(walk.skipped()).isEmpty();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NATIVE, 4K, 4, 4",
        "NATIVE, 2M, 4, 3",
        "NATIVE, 1G, 5, 3",
        "SHADOW, 4K, 4, 4",
        "SHADOW, 4K, 5, 5",
        "FLAT, 4K, 4, 9",
        "FLAT, 2M, 4, 7"
    })
    void otherModesHaveTheirOwnCounts(WalkMode mode, String guest, int levels, int expected) {
        assertThat(explain(mode, guest, "4K", levels, 4, "zen4", false).references())
                .hasSize(expected);
    }

    @Test
    void secondLevelReferencesComeBeforeTheGuestEntryTheyLeadTo() {
        List<WalkStep.Reference> references =
                explain(WalkMode.EPT, "4K", "4K", 4, 4, "textbook", false).references();
        for (int i = 0; i < references.size(); i++) {
            TableEntry entry = references.get(i).entry();
            assertThat(references.get(i).number()).isEqualTo(i + 1);
            assertThat(entry.forLevel()).isEqualTo(4 - i / 5);
            assertThat(entry.level()).isEqualTo(i % 5 == 4 ? 4 - i / 5 : 4 - i % 5);
            assertThat(entry.isGuest()).isEqualTo(i % 5 == 4);
        }
    }

    @Test
    void eachReferencePointsToTheNextOfItsDimension() {
        WalkExplanation walk =
                explain(GVA, READ, WalkMode.EPT, "4K", "4K", 4, 4, "textbook", false, "scattered");
        TableEntry before = null;
        for (WalkStep.Reference step : walk.references()) {
            TableEntry entry = step.entry();
            if (before != null && !before.isGuest()) {
                long frame = before.value() & PagingEntry.ADDRESS;
                assertThat(entry.hpa() & PagingEntry.ADDRESS).isEqualTo(frame);
            }
            before = entry;
        }
        assertThat(walk.result().hostPhysicalAddress() & 0xfff).isEqualTo(GVA & 0xfff);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skylake-sp",
                "zen4",
                "textbook",
                "opteron-2008",
                "opteron-pwc",
                "yardstick"
            })
    void warmWalkAccountsForEveryReferenceOfTheColdOne(String machine) {
        for (WalkMode mode : WalkMode.values()) {
            for (String host : List.of("4K", "2M", "1G")) {
                WalkExplanation cold = explain(mode, "4K", host, 5, 4, machine, false);
                WalkExplanation warm = explain(mode, "4K", host, 5, 4, machine, true);
                assertThat(warm.references().size() + warm.skipped().size())
                        .isEqualTo(cold.references().size());
                assertThat(warm.result().hostPhysicalAddress())
                        .isEqualTo(cold.result().hostPhysicalAddress());
                assertThat(warm.flagUpdates()).isEmpty();
            }
        }
    }

    @Test
    void warmWalkSkipsByThePdeCacheAndTheNestedTlb() {
        WalkExplanation warm = explain(WalkMode.EPT, "4K", "4K", 4, 4, "skylake-sp", true);
        assertThat(warm.references()).hasSize(1);
        assertThat(warm.references().getFirst().entry().gpa()).isNotEqualTo(TableEntry.NO_GPA);
        assertThat(warm.skipped().subList(0, 19))
                .allMatch(step -> step.by().equals(new WalkCache(Kind.GUEST_STRUCTURE, 2)));
        assertThat(warm.skipped().subList(19, 23))
                .allMatch(step -> step.by().equals(new WalkCache(Kind.NESTED_TLB, 0)));
    }

    @Test
    void runningTotalIsTheSumOfAllSteps() {
        WalkExplanation walk = explain(WalkMode.EPT, "2M", "4K", 4, 4, "skylake-sp", true);
        long sum = 0;
        for (WalkStep step : walk.steps()) {
            switch (step) {
                case WalkStep.Reference reference ->
                        assertThat(reference.total()).isEqualTo(sum += reference.cycles());
                case WalkStep.FlagUpdate update ->
                        assertThat(update.total()).isEqualTo(sum += update.cycles());
                case WalkStep.Lookup lookup ->
                        assertThat(lookup.total()).isEqualTo(sum += lookup.cycles());
                case WalkStep.Skipped skipped -> assertThat(skipped.entry().value()).isNotZero();
            }
        }
        assertThat(walk.totalCycles()).isEqualTo(sum);
    }

    @Test
    void pageMappedByAWriteHasItsFlagsFromTheFault() {
        WalkExplanation walk =
                explain(
                        GVA,
                        WRITE,
                        WalkMode.NATIVE,
                        "4K",
                        "4K",
                        4,
                        4,
                        "textbook",
                        false,
                        "contiguous");
        assertThat(walk.flagUpdates()).isEmpty();
        long leaf = walk.references().getLast().entry().value();
        assertThat(leaf & PagingEntry.ACCESSED).isNotZero();
        assertThat(leaf & PagingEntry.DIRTY).isNotZero();
    }

    @Test
    void nonCanonicalAddressIsExplainedAndReadsNothing() {
        for (boolean warm : new boolean[] {false, true}) {
            WalkExplanation walk =
                    explain(
                            0x8000_0000_0000L,
                            READ,
                            WalkMode.EPT,
                            "4K",
                            "4K",
                            4,
                            4,
                            "skylake-sp",
                            warm,
                            "contiguous");
            assertThat(walk.result().outcome()).isEqualTo(Outcome.GENERAL_PROTECTION);
            assertThat(walk.references()).isEmpty();
        }
    }

    @Test
    void fiveLevelsReachAddressesOfFiftySevenBits() {
        WalkExplanation walk =
                explain(
                        0xff12_3456_789a_bcdeL,
                        READ,
                        WalkMode.EPT,
                        "4K",
                        "4K",
                        5,
                        5,
                        "textbook",
                        false,
                        "contiguous");
        assertThat(walk.result().outcome()).isEqualTo(Outcome.OK);
        assertThat(walk.references()).hasSize(35);
    }
}
