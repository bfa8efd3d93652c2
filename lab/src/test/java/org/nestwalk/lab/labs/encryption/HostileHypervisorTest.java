package org.nestwalk.lab.labs.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.random.Xoshiro256;

class HostileHypervisorTest {
    private static final int ATTACKS = 100;
    private static final int MIXED = 2_500;
    private static final Set<Attack> READING =
            EnumSet.of(
                    Attack.READ, Attack.COMPARE_TIMES, Attack.COMPARE_PAGES, Attack.FOREIGN_GUEST);

    private static ProcessorModel model() {
        return TestMachines.of(
                SecondLevelFormat.NPT,
                TestMachines.GUEST_CACHES,
                TestMachines.GUEST_CACHES,
                new Geometry(16, 4, Replacement.LRU));
    }

    @ParameterizedTest
    @CsvSource({
        "READ, PLAINTEXT_SEEN, NOTHING_SEEN, NOTHING_SEEN",
        "COMPARE_TIMES, PLAINTEXT_SEEN, EQUALITY_SEEN, EQUALITY_SEEN",
        "COMPARE_PAGES, PLAINTEXT_SEEN, NOTHING_SEEN, NOTHING_SEEN",
        "FOREIGN_GUEST, PLAINTEXT_SEEN, NOTHING_SEEN, STOPPED",
        "OVERWRITE, FORGED, GARBAGE, REFUSED",
        "REPLAY, STALE, STALE, REFUSED",
        "MOVE, MISPLACED, GARBAGE, REFUSED",
        "SWAP, MISPLACED, MISPLACED, STOPPED",
        "ALIAS, MISPLACED, MISPLACED, STOPPED",
        "REASSIGN, STALE, STALE, STOPPED",
        "REPLACE, UNHARMED, GARBAGE, STOPPED",
    })
    void attackComesToTheSameEveryTime(
            Attack attack, Verdict plain, Verdict encrypted, Verdict owned) {
        Map<Protection, Verdict> expected =
                Map.of(
                        Protection.NONE,
                        plain,
                        Protection.ENCRYPTED,
                        encrypted,
                        Protection.OWNED,
                        owned);
        Meter meter = new Meter(ProgressListener.NONE, 1);
        expected.forEach((protection, verdict) -> {
            try (HostileHypervisor hypervisor = new HostileHypervisor(model(), protection, 3)) {
                assertThat(hypervisor.attack(attack, ATTACKS, meter))
                        .isEqualTo(Map.of(verdict, (long) ATTACKS));
            }
        });
    }

    /// Thousands of attacks of all kinds in turn, on a processor that keeps nested translations and
    /// on one whose walks are known ones.
    @ParameterizedTest
    @CsvSource({"ENCRYPTED, true", "ENCRYPTED, false", "OWNED, true", "OWNED, false"})
    void ownershipLetsNoTamperingPassAndEncryptionNoPlaintext(
            Protection protection, boolean nestedCaches) {
        List<Attack> attacks = List.of(Attack.values());
        Xoshiro256 random = new Xoshiro256(20_261_122);
        ProcessorModel model =
                nestedCaches
                        ? model()
                        : TestMachines.of(
                                SecondLevelFormat.NPT, TestMachines.GUEST_CACHES, List.of(), null);
        try (HostileHypervisor hypervisor = new HostileHypervisor(model, protection, 9)) {
            for (int i = 0; i < MIXED; i++) {
                Attack attack = attacks.get((int) random.nextBelow(attacks.size()));
                Verdict verdict = hypervisor.attack(attack);
                assertThat(verdict)
                        .as("%s, number %d", attack, i)
                        .isNotIn(Verdict.PLAINTEXT_SEEN, Verdict.FORGED);
                if (protection == Protection.OWNED && !READING.contains(attack)) {
                    assertThat(verdict.isDetected()).as("%s, number %d", attack, i).isTrue();
                }
            }
        }
    }
}
