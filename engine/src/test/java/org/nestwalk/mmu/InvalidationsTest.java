package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.mmu.CachedTranslations.A;
import static org.nestwalk.mmu.CachedTranslations.NEAR;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.Invalidations;

/// Each test names every entry that an operation removes, and so every entry that it keeps.
class InvalidationsTest {
    private final CachedTranslations cached = new CachedTranslations();
    private final Set<String> all = cached.names();

    private void removes(InvalidationScope scope, String... names) {
        assertThat(cached.removedBy(scope)).containsExactlyInAnyOrder(names);
    }

    /// For large scopes: the entries whose names fulfil a condition.
    private void removesAll(InvalidationScope scope, Predicate<String> condition) {
        Set<String> expected = new TreeSet<>(all);
        expected.removeIf(condition.negate());
        assertThat(expected).isNotEmpty().isNotEqualTo(all);
        assertThat(cached.removedBy(scope)).isEqualTo(expected);
    }

    @Test
    void invlpgRemovesTheAddressWithGlobalsAndThePcidsStructureCachesWhole() {
        removes(
                Invalidations.invlpg(1, 1, NEAR),
                "v1 p1 -",
                "v1 p1 A",
                "v1 p1 B",
                "v1 g A",
                "v1 p1 - pde",
                "v1 p1 - pde far",
                "v1 p1 A pde",
                "v1 p1 A pde far",
                "v1 p1 B pde",
                "v1 p1 B pde far");
    }

    @Test
    void invpcidType0RemovesTheAddressButNoGlobals() {
        removes(
                Invalidations.invpcidAddress(1, 2, NEAR),
                "v1 p2 -",
                "v1 p2 A",
                "v1 p2 - pde",
                "v1 p2 A pde");
    }

    @Test
    void invpcidType1RemovesThePcidButNoGlobals() {
        removesAll(Invalidations.invpcidSingleContext(1, 1), name -> name.startsWith("v1 p1"));
    }

    @Test
    void invpcidType2RemovesTheVpidWithGlobals() {
        removesAll(Invalidations.invpcidAll(1), name -> name.startsWith("v1"));
    }

    @Test
    void invpcidType3RemovesTheVpidButNoGlobals() {
        removesAll(Invalidations.invpcidAllButGlobals(1), name -> name.startsWith("v1 p"));
    }

    @Test
    void movToCr3RemovesThePcidButNoGlobals() {
        removesAll(Invalidations.movToCr3(1, 2), name -> name.startsWith("v1 p2"));
    }

    @Test
    void aPagingModeChangeRemovesTheVpidWithGlobals() {
        removesAll(Invalidations.pagingModeChange(1), name -> name.startsWith("v1"));
    }

    @Test
    void settingSmepRemovesThePcidWithGlobals() {
        removesAll(
                Invalidations.smepOrPaeChange(1, 2),
                name -> name.startsWith("v1 p2") || name.startsWith("v1 g"));
    }

    @Test
    void aPageFaultRemovesTheAddressAlsoFromStructureCaches() {
        removes(
                Invalidations.pageFault(1, 2, NEAR),
                "v1 p2 -",
                "v1 p2 A",
                "v1 g A",
                "v1 p2 - pde",
                "v1 p2 A pde");
    }

    @Test
    void aTransitionWithoutVpidRemovesVpid0() {
        removesAll(Invalidations.transitionWithoutVpid(), name -> name.startsWith("v0"));
    }

    @Test
    void invvpidType0RemovesTheAddressOfAllPcidsWithGlobals() {
        removesAll(
                Invalidations.invvpidAddress(1, NEAR),
                name -> name.startsWith("v1") && !name.endsWith("far"));
    }

    @Test
    void invvpidType1RemovesTheVpid() {
        removesAll(Invalidations.invvpidSingleContext(1), name -> name.startsWith("v1"));
    }

    @Test
    void invvpidType2RemovesAllVpidsBut0() {
        removesAll(
                Invalidations.invvpidAll(), name -> name.startsWith("v1") || name.startsWith("v2"));
    }

    @Test
    void invvpidType3RemovesTheVpidButNoGlobals() {
        removesAll(
                Invalidations.invvpidSingleContextButGlobals(1), name -> name.startsWith("v1 p"));
    }

    @Test
    void inveptType1RemovesGuestPhysicalAndCombinedMappingsOfItsTables() {
        removesAll(Invalidations.inveptSingleContext(A), name -> name.contains(" A"));
    }

    @Test
    void inveptType2RemovesAllButLinearMappings() {
        removesAll(Invalidations.inveptAll(), name -> !name.contains(" -"));
    }

    @Test
    void anEptViolationRemovesTheGuestPhysicalAddress() {
        removes(Invalidations.eptViolation(A, NEAR), "gpa A", "gpa pde A");
    }

    @Test
    void anEptViolationRemovesTheCombinedMappingsOfTheLinearAddress() {
        removes(
                Invalidations.eptViolationOfLinear(1, 1, A, NEAR),
                "v1 p1 A",
                "v1 g A",
                "v1 p1 A pde");
    }
}
