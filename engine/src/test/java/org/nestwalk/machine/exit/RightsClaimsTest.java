package org.nestwalk.machine.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.Verdict;

class RightsClaimsTest {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int ALL = 7;
    private static final long PAGE = 4096;
    private static final long MEMORY = 1024 * PAGE;
    private static final ExitPart NOBODY = (cpu, exit) -> Verdict.STOP;

    private final List<String> changes = new ArrayList<>();
    private final RightsClaims claims = claims(ALL, true);
    private final RightsClaim first = claims.open(NOBODY);
    private final RightsClaim second = claims.open(NOBODY);

    private RightsClaims claims(int withholdable, boolean executeOnly) {
        return new RightsClaims(MEMORY, withholdable, executeOnly, this::changed);
    }

    private void changed(long gpa, long bytes, int rights) {
        changes.add("%d pages from %d on".formatted(bytes / PAGE, gpa / PAGE));
    }

    @Test
    void pageHasTheRightsThatAllClaimsAllow() {
        assertThat(claims.allowed(0)).isEqualTo(ALL);
        first.allow(0, 2 * PAGE, READ | WRITE);
        second.allow(PAGE, 2 * PAGE, READ | EXECUTE);
        assertThat(claims.allowed(0)).isEqualTo(READ | WRITE);
        assertThat(claims.allowed(PAGE)).isEqualTo(READ);
        assertThat(claims.allowed(2 * PAGE - 1)).isEqualTo(READ);
        assertThat(claims.allowed(2 * PAGE)).isEqualTo(READ | EXECUTE);
        assertThat(claims.allowed(3 * PAGE)).isEqualTo(ALL);
        assertThat(first.allowed(PAGE)).isEqualTo(READ | WRITE);
        assertThat(second.allowed(PAGE)).isEqualTo(READ | EXECUTE);
        first.allow(PAGE, PAGE, ALL);
        assertThat(claims.allowed(PAGE)).as("only its own").isEqualTo(READ | EXECUTE);
        first.allow(PAGE, PAGE, 0);
        assertThat(claims.allowed(PAGE)).isZero();
    }

    @Test
    void rangeIsMixedWhereItsPagesDiffer() {
        assertThat(claims.allowed(0, MEMORY)).isEqualTo(ALL);
        first.allow(4 * PAGE, 4 * PAGE, READ | EXECUTE);
        assertThat(claims.allowed(4 * PAGE, 4 * PAGE)).isEqualTo(READ | EXECUTE);
        assertThat(claims.allowed(4 * PAGE, 5 * PAGE)).isEqualTo(RightsClaims.MIXED);
        assertThat(claims.allowed(3 * PAGE, 5 * PAGE)).isEqualTo(RightsClaims.MIXED);
        assertThat(claims.allowed(0, 4 * PAGE)).isEqualTo(ALL);
        assertThat(claims.allowed(8 * PAGE, 4 * PAGE)).isEqualTo(ALL);
        first.allow(4 * PAGE, PAGE, READ);
        assertThat(claims.allowed(4 * PAGE, 4 * PAGE)).isEqualTo(RightsClaims.MIXED);
    }

    /// What counts is what is left to the guest, whoever withholds the rest.
    @Test
    void rangeOfWhichTwoClaimsWithholdOneHalfEachIsUniform() {
        first.allow(0, 4 * PAGE, READ);
        second.allow(4 * PAGE, 4 * PAGE, READ);
        assertThat(claims.allowed(0, 8 * PAGE)).isEqualTo(READ);
        second.allow(4 * PAGE, PAGE, ALL);
        assertThat(claims.allowed(0, 8 * PAGE)).isEqualTo(RightsClaims.MIXED);
        first.allow(4 * PAGE, 4 * PAGE, READ);
        assertThat(claims.allowed(0, 8 * PAGE)).as("overlapping").isEqualTo(READ);
        second.allow(0, 8 * PAGE, READ | EXECUTE);
        assertThat(claims.allowed(0, 8 * PAGE)).isEqualTo(READ);
        assertThat(claims.allowed(0, 9 * PAGE)).isEqualTo(RightsClaims.MIXED);
    }

    @Test
    void mappingIsToldOfEachChangeWhenItIsMade() {
        List<Integer> seen = new ArrayList<>();
        RightsClaims[] made = new RightsClaims[1];
        made[0] =
                new RightsClaims(
                        MEMORY, ALL, true, (gpa, bytes, changed) -> seen.add(made[0].allowed(gpa)));
        RightsClaim claim = made[0].open(NOBODY);
        claim.allow(0, PAGE, READ);
        claim.close();
        assertThat(seen).containsExactly(READ, ALL);
        first.allow(2 * PAGE, 3 * PAGE, READ);
        first.close();
        assertThat(changes).containsExactly("3 pages from 2 on", "1024 pages from 0 on");
    }

    @Test
    void closedClaimGivesItsOwnRightsBack() {
        first.allow(0, 2 * PAGE, 0);
        second.allow(PAGE, PAGE, READ);
        first.close();
        assertThat(claims.allowed(0)).isEqualTo(ALL);
        assertThat(claims.allowed(PAGE)).isEqualTo(READ);
        assertThat(first.allowed(0)).isEqualTo(ALL);
        assertThat(claims.refusing(0, ALL, false)).isEmpty();
        int before = changes.size();
        first.close();
        assertThat(changes).hasSize(before);
        assertThatThrownBy(() -> first.allow(0, PAGE, READ))
                .isInstanceOf(IllegalStateException.class);
        assertThat(claims.allowed(0)).isEqualTo(ALL);
        second.close();
        assertThat(claims.allowed(0, MEMORY)).isEqualTo(ALL);
    }

    @Test
    void claimsThatRefuseAnAccessAreThoseThatWithholdPartOfIt() {
        first.allow(0, PAGE, READ | EXECUTE);
        second.allow(0, PAGE, READ);
        assertThat(claims.refusing(0, READ, false)).isEmpty();
        assertThat(claims.refusing(0, EXECUTE, false)).isEqualTo(List.of(second));
        assertThat(claims.refusing(0, WRITE, false)).isEqualTo(List.of(first, second));
        assertThat(claims.refusing(PAGE, ALL, false)).isEmpty();
        assertThat(claims.allow(0, READ)).isTrue();
        assertThat(claims.allow(0, READ | EXECUTE)).isFalse();
        second.allow(0, PAGE, READ | WRITE);
        assertThat(claims.refusing(0, WRITE, false)).isEqualTo(List.of(first));
    }

    @Test
    void whoeverWithholdsReadingRefusesWhatCannotBeDoneWithout() {
        first.allow(0, PAGE, WRITE | EXECUTE);
        assertThat(claims.refusing(0, READ, false)).isEqualTo(List.of(first));
        assertThat(claims.refusing(0, WRITE, false)).isEqualTo(List.of(first));
        assertThat(claims.refusing(0, EXECUTE, false)).isEmpty();
        assertThat(claims.refusing(0, WRITE | EXECUTE, false)).isEqualTo(List.of(first));
        assertThat(claims.allow(0, WRITE)).isFalse();
        assertThat(claims.allow(0, EXECUTE)).isTrue();
        RightsClaims amd = claims(ALL, false);
        RightsClaim claim = amd.open(NOBODY);
        claim.allow(0, PAGE, WRITE | EXECUTE);
        assertThat(amd.refusing(0, EXECUTE, false)).isEqualTo(List.of(claim));
        assertThat(amd.allow(0, EXECUTE)).isFalse();
        assertThat(amd.allow(PAGE, EXECUTE)).isTrue();
    }

    @Test
    void whatIsNoRangeOfItsPagesChangesNothing() {
        long[][] ranges = {
            {-PAGE, PAGE},
            {MEMORY, PAGE},
            {0, MEMORY + PAGE},
            {1, PAGE},
            {0, 1},
            {PAGE, -PAGE},
            {PAGE, Long.MAX_VALUE},
            {Long.MAX_VALUE - PAGE + 1, PAGE}
        };
        for (long[] range : ranges) {
            assertThatThrownBy(() -> first.allow(range[0], range[1], 0))
                    .as("%d, %d", range[0], range[1])
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (int rights : new int[] {8, 8 | READ, -1}) {
            assertThatThrownBy(() -> first.allow(0, PAGE, rights))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(changes).isEmpty();
        assertThat(claims.allowed(0, MEMORY)).isEqualTo(ALL);
        first.allow(MEMORY - PAGE, PAGE, READ);
        first.allow(0, MEMORY, READ);
        assertThat(claims.allowed(MEMORY - 1)).isEqualTo(READ);
    }

    @Test
    void whatTheMachineCannotWithholdIsRefused() {
        RightsClaim writes = claims(WRITE, false).open(NOBODY);
        writes.allow(0, PAGE, READ | EXECUTE);
        for (int rights : new int[] {READ, READ | WRITE, EXECUTE | WRITE, 0}) {
            assertThatThrownBy(() -> writes.allow(0, PAGE, rights))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("only the right to write can be withheld on this machine");
        }
        assertThat(writes.allowed(0)).isEqualTo(READ | EXECUTE);
        RightsClaim nothing = claims(0, false).open(NOBODY);
        nothing.allow(0, PAGE, ALL);
        assertThatThrownBy(() -> nothing.allow(0, PAGE, READ | EXECUTE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("no rights can be withheld on this machine");
        nothing.close();
    }
}
