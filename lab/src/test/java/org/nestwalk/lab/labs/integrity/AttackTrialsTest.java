package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.guest.kernel.image.attack.Intruder;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.lab.labs.integrity.AttackTrials.Outcome;
import org.nestwalk.lab.labs.integrity.AttackTrials.Trial;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// Every cell of the table of attacks by guards, and the counts that are promised.
class AttackTrialsTest {
    private static final int ATTACKS = Boolean.getBoolean("nestwalk.long") ? 10_000 : 1_000;
    private static final int PATCHES = Boolean.getBoolean("nestwalk.long") ? 10_000 : 1_000;
    private static final int EACH = 6;

    private static Set<Outcome> expected(Guard guard, Attack attack) {
        return switch (attack) {
            case INLINE_HOOK, SYSTEM_CALL_TABLE, WRITABLE_TEXT, ALIAS ->
                    switch (guard) {
                        case NONE -> EnumSet.of(Outcome.MISSED);
                        case LOG, HASHING -> EnumSet.of(Outcome.DETECTED);
                        case HYBRID -> EnumSet.of(Outcome.DETECTED, Outcome.PREVENTED);
                        default -> EnumSet.of(Outcome.PREVENTED);
                    };
            case REMAP ->
                    EnumSet.of(
                            guard == Guard.TABLES || guard == Guard.TABLE_FLAGS
                                    ? Outcome.PREVENTED
                                    : Outcome.MISSED);
            case RETURN_ADDRESS -> EnumSet.of(Outcome.MISSED);
            case DEVICE ->
                    switch (guard) {
                        case HASHING -> EnumSet.of(Outcome.DETECTED);
                        // Found where a processor writes the same page before they look.
                        case LOG, HYBRID -> EnumSet.of(Outcome.DETECTED, Outcome.MISSED);
                        default -> EnumSet.of(Outcome.MISSED);
                    };
        };
    }

    /// A guest under a guard.
    private interface Scene {
        void play(GuardedGuest guest, KernelWork work, AttackTrials trials);
    }

    private static void play(Guard guard, long seed, Scene scene) {
        try (SimulatedMachine machine = TrialGuests.machine(SecondLevelFormat.EPT_AD)) {
            GuardedGuest guest = new GuardedGuest(machine, TrialGuests.LAYOUT, 1);
            KernelWork work = new KernelWork(guest.image(), TrialGuests.RATES, seed);
            try (AttackTrials trials =
                    new AttackTrials(
                            guest,
                            guard,
                            work,
                            TrialGuests.device(machine, guest.vm()),
                            TrialGuests.PERIOD,
                            seed)) {
                scene.play(guest, work, trials);
            }
            machine.closeAndVerify();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCellIsAsTheTableSays(Guard guard) {
        play(
                guard,
                5,
                (_, _, trials) -> {
                    for (Attack attack : Attack.values()) {
                        for (int i = 0; i < EACH; i++) {
                            assertThat(trials.attack(attack).outcome())
                                    .as("%s, %s", guard, attack)
                                    .isIn(expected(guard, attack));
                        }
                    }
                });
    }

    @Test
    void protectionPreventsEveryWriteToCode() {
        play(
                Guard.PROTECTION,
                7,
                (guest, _, trials) -> {
                    Xoshiro256 random = new Xoshiro256(8);
                    Attack[] writing =
                            EnumSet.allOf(Attack.class).stream()
                                    .filter(Attack::writesCode)
                                    .toArray(Attack[]::new);
                    for (int i = 0; i < ATTACKS; i++) {
                        Attack attack = writing[(int) random.nextBelow(writing.length)];
                        Trial trial = trials.attack(attack);
                        assertThat(trial.outcome())
                                .as("attack %d, %s", i, attack)
                                .isEqualTo(Outcome.PREVENTED);
                        assertThat(trial.alarm()).isNotNull();
                        assertThat(Objects.requireNonNull(trial.alarm()).store()).isNotNull();
                    }
                    assertThat(trials.alarms()).isEqualTo(ATTACKS);
                    assertThat(guest.vm().secondLevel().rights(guest.image().codeStart()))
                            .isEqualTo(5);
                });
    }

    @Test
    void theLogFindsEveryWriteToCodeWithinAPeriod() {
        play(
                Guard.LOG,
                9,
                (_, _, trials) -> {
                    for (int i = 0; i < ATTACKS / 10; i++) {
                        for (Attack attack : new Attack[] {Attack.INLINE_HOOK, Attack.ALIAS}) {
                            Trial trial = trials.attack(attack);
                            assertThat(trial.outcome()).isEqualTo(Outcome.DETECTED);
                            assertThat(trial.delay())
                                    .isLessThanOrEqualTo(
                                            TrialGuests.PERIOD + TrialGuests.PERIOD / 16);
                        }
                    }
                });
    }

    @Test
    void theLogFindsAWriteToCodeBefore512OtherPagesAreWritten() {
        play(
                Guard.LOG,
                11,
                (guest, _, trials) -> {
                    trials.pass(TrialGuests.PERIOD);
                    long before = trials.alarms();
                    Intruder intruder =
                            new Intruder(guest.image(), new Xoshiro256(3), (gpa, value) -> {});
                    Attack.ALIAS.deed().run(intruder);
                    long memory = guest.vm().settings().memoryBytes();
                    long written = 0;
                    for (long gpa = memory - 4096; trials.alarms() == before; gpa -= 4096) {
                        guest.image().cpu().store(gpa, 1);
                        written++;
                    }
                    assertThat(written).isLessThanOrEqualTo(512);
                    intruder.undo(guest.vm().memory());
                });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void patchesThatTheImageDescribesRaiseNoAlarm(Guard guard) {
        play(
                guard,
                13,
                (_, work, trials) -> {
                    while (work.patches() < PATCHES) {
                        work.patch();
                        if (work.patches() % 16 == 0) {
                            work.quantum();
                            trials.pass(TrialGuests.PERIOD / 4);
                        }
                    }
                    trials.pass(2 * TrialGuests.PERIOD);
                    assertThat(trials.alarms()).isZero();
                    assertThat(work.loads()).isPositive();
                });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aForgedModuleIsNotExecuted(Guard guard) {
        play(
                guard,
                15,
                (guest, _, trials) -> {
                    assertThat(guest.image().loaded().loadForged(1, 40, 0xe9)).isEmpty();
                    assertThat(trials.alarms()).isEqualTo(1);
                    assertThat(guest.image().loaded().load(1)).isPresent();
                    assertThat(trials.alarms()).isEqualTo(1);
                });
    }

    @Test
    void theKernelsOwnCodeCannotBeGivenBack() {
        play(
                Guard.PROTECTION,
                17,
                (guest, _, trials) -> {
                    long answer =
                            guest.image().cpu().hypercall(67, guest.image().codeStart(), 4096, -1);
                    assertThat(answer).isZero();
                    for (long bytes : new long[] {0, -1, 1, 1L << 62}) {
                        assertThat(guest.image().cpu().hypercall(67, 1L << 40, bytes, -1)).isZero();
                        assertThat(guest.image().cpu().hypercall(67, -4096, bytes, 1)).isZero();
                        assertThat(guest.image().cpu().hypercall(67, 4096, bytes, 77)).isZero();
                    }
                    assertThat(trials.attack(Attack.ALIAS).outcome()).isEqualTo(Outcome.PREVENTED);
                });
    }

    @Test
    void attacksCanBeComposed() {
        play(
                Guard.PROTECTION,
                19,
                (_, _, trials) -> {
                    assertThat(
                                    trials.attack(
                                                    Attack.RETURN_ADDRESS
                                                            .deed()
                                                            .then(Attack.REMAP.deed())
                                                            .then(Attack.ALIAS.deed()))
                                            .outcome())
                            .isEqualTo(Outcome.PREVENTED);
                });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void whoHasEndedWithholdsNothing(Guard guard) {
        try (SimulatedMachine machine = TrialGuests.machine(SecondLevelFormat.EPT_AD)) {
            GuardedGuest guest = new GuardedGuest(machine, TrialGuests.LAYOUT, 1);
            CodeMonitor monitor = guard.start(guest, _ -> {}).orElseThrow();
            monitor.close();
            monitor.close();
            for (long gpa = 0; gpa < guest.vm().settings().memoryBytes(); gpa += 4096) {
                assertThat(guest.vm().secondLevel().rights(gpa)).isEqualTo(7);
            }
            machine.closeAndVerify();
        }
    }
}
