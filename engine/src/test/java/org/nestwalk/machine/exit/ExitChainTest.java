package org.nestwalk.machine.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class ExitChainTest {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int ALL = 7;
    private static final long PAGE = 4096;
    private static final long MEMORY = 4L << 20;
    private static final VmExit UNBACKED = new VmExit.Violation(8, 16, WRITE, false, true);
    private static final VmExit TRAP = new VmExit.WriteTrap(8, 16, true);
    private static final VmExit FETCH = new VmExit.Violation(8, 16, EXECUTE, true, false);

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));

    /// Lends the chain a CPU, which is not asked for anything, and memory to be backed.
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));

    private final RightsClaims claims =
            new RightsClaims(MEMORY, ALL, true, (gpa, bytes, changed) -> {});
    private final ExitChain chain = new ExitChain(claims);
    private final List<String> asked = new ArrayList<>();
    private final List<VmExit> exits = new ArrayList<>();

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private boolean handle(VmExit exit) {
        return chain.handle(vm.cpus().getFirst(), exit, vm.secondLevel()) != Verdict.RESUME;
    }

    private ExitPart part(String name, Verdict verdict) {
        return (cpu, exit) -> {
            asked.add(name);
            exits.add(exit);
            return verdict;
        };
    }

    /// A claim on the first page whose owner always says the same.
    private RightsClaim claim(String name, int rights, Verdict verdict) {
        RightsClaim claim = claims.open(part(name, verdict));
        claim.allow(0, PAGE, rights);
        return claim;
    }

    /// A claim on the first page whose owner gives everything back when asked, and says `verdict`.
    private void giving(String name, int rights, Verdict verdict) {
        RightsClaim[] claim = new RightsClaim[1];
        claim[0] =
                claims.open((cpu, exit) -> {
                    asked.add(name);
                    claim[0].allow(0, PAGE, ALL);
                    return verdict;
                });
        claim[0].allow(0, PAGE, rights);
    }

    private void stops(VmExit exit) {
        assertThatThrownBy(() -> handle(exit))
                .isInstanceOfSatisfying(
                        UnhandledExit.class, stopped -> assertThat(stopped.exit()).isEqualTo(exit));
    }

    private void fails(VmExit exit) {
        assertThatThrownBy(() -> handle(exit))
                .isInstanceOfSatisfying(
                        GuestFailure.class,
                        failure ->
                                assertThat(failure.failure())
                                        .isEqualTo(
                                                new VmExit.Failure(
                                                        VmExit.Cause.UNHANDLED_EXIT,
                                                        "no part of the hypervisor takes "
                                                                + exit)));
    }

    @Test
    void partsAreAskedInOrderUntilOneTakesTheExit() {
        ExitPart second = part("second", Verdict.RESUME);
        chain.attach(part("first", Verdict.NOT_MINE));
        chain.attach(second);
        chain.attach(part("third", Verdict.STOP));
        assertThat(handle(UNBACKED)).isFalse();
        assertThat(asked).containsExactly("first", "second");
        assertThat(exits).containsExactly(UNBACKED, UNBACKED);
        chain.detach(second);
        chain.detach(second);
        asked.clear();
        stops(UNBACKED);
        assertThat(asked).containsExactly("first", "third");
    }

    @Test
    void whatNobodyTakesFailsButAKickAndAHypercall() {
        chain.attach(part("one", Verdict.NOT_MINE));
        fails(UNBACKED);
        fails(new VmExit.Misconfiguration(8));
        fails(new VmExit.OwnershipViolation(8, 16, true));
        assertThat(handle(new VmExit.Hypercall(1, 2, 3, 4))).isFalse();
        stops(new VmExit.Interrupted());
        assertThat(asked).hasSize(5);
    }

    @Test
    void kickAndHypercallAreWhatTheirTakerSays() {
        ExitPart resuming = part("resuming", Verdict.RESUME);
        chain.attach(resuming);
        assertThat(handle(new VmExit.Interrupted())).isFalse();
        assertThat(handle(new VmExit.Hypercall(1, 2, 3, 4))).isFalse();
        chain.detach(resuming);
        chain.attach(part("stopping", Verdict.STOP));
        stops(new VmExit.Hypercall(1, 2, 3, 4));
        stops(new VmExit.Interrupted());
    }

    @Test
    void refusedAccessIsTheBusinessOfThoseWhoRefuseItAlone() {
        chain.attach(part("attached", Verdict.STOP));
        claim("reader", READ | WRITE, Verdict.RESUME);
        claim("writer", READ | EXECUTE, Verdict.RESUME);
        assertThat(handle(TRAP)).isFalse();
        assertThat(asked).containsExactly("writer");
        assertThat(exits).containsExactly(TRAP);
        asked.clear();
        assertThat(handle(FETCH)).isFalse();
        assertThat(asked).containsExactly("reader");
        asked.clear();
        claim("both", READ, Verdict.RESUME);
        assertThat(handle(TRAP)).isFalse();
        assertThat(asked).containsExactly("writer", "both");
    }

    @Test
    void accessThatNoClaimRefusesFails() {
        chain.attach(part("attached", Verdict.RESUME));
        claim("reader", READ | WRITE, Verdict.RESUME);
        fails(TRAP);
        fails(new VmExit.Violation(8, 16, READ, true, false));
        fails(new VmExit.WriteTrap(PAGE, 16, false));
        assertThat(asked).isEmpty();
    }

    @Test
    void stopWinsInEveryOrderAndEverybodyIsAsked() {
        List<Verdict> verdicts = List.of(Verdict.STOP, Verdict.PERFORM, Verdict.RESUME);
        for (int start = 0; start < 3; start++) {
            List<RightsClaim> made = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                made.add(claim("part", READ, verdicts.get((start + i) % 3)));
            }
            asked.clear();
            stops(TRAP);
            assertThat(asked).hasSize(3);
            made.forEach(RightsClaim::close);
        }
    }

    @Test
    void ownerWhoDoesNotKnowWhatToDoStopsTheGuest() {
        claim("one", READ, Verdict.NOT_MINE);
        claim("other", READ, Verdict.PERFORM);
        stops(TRAP);
        assertThat(asked).containsExactly("one", "other");
    }

    @Test
    void accessIsPerformedIfAllThatStillRefuseItSaySo() {
        RightsClaim claim = claim("one", READ, Verdict.PERFORM);
        assertThat(handle(TRAP)).isTrue();
        assertThat(claim.allowed(0)).as("the claim stays").isEqualTo(READ);
        claim("two", READ | EXECUTE, Verdict.PERFORM);
        assertThat(handle(TRAP)).isTrue();
        assertThat(handle(FETCH)).isTrue();
        assertThat(asked).containsExactly("one", "one", "two", "one");
    }

    @Test
    void accessIsMadeAgainWhileOneKeepsItsClaimAndResumes() {
        claim("one", READ, Verdict.PERFORM);
        claim("two", READ, Verdict.RESUME);
        claim("three", READ, Verdict.PERFORM);
        assertThat(handle(TRAP)).isFalse();
        assertThat(asked).containsExactly("one", "two", "three");
    }

    @Test
    void whoGivesItsRightsBackDoesNotKeepOthersFromPerforming() {
        for (boolean givesFirst : new boolean[] {true, false}) {
            asked.clear();
            if (givesFirst) {
                giving("giver", READ, Verdict.RESUME);
            }
            RightsClaim performs = claim("performer", READ, Verdict.PERFORM);
            if (!givesFirst) {
                giving("giver", READ, Verdict.RESUME);
            }
            assertThat(handle(TRAP)).as("giver first: %s", givesFirst).isTrue();
            assertThat(asked).containsExactlyInAnyOrder("giver", "performer");
            asked.clear();
            assertThat(handle(TRAP)).isTrue();
            assertThat(asked).containsExactly("performer");
            performs.close();
        }
    }

    /// Whoever refuses only since others were asked has not said anything yet.
    @Test
    void claimThatRefusesSinceIsAskedBeforeAnythingIsPerformed() {
        RightsClaim late = claims.open(part("late", Verdict.PERFORM));
        RightsClaim early =
                claims.open((cpu, exit) -> {
                    late.allow(0, PAGE, READ);
                    return Verdict.PERFORM;
                });
        early.allow(0, PAGE, READ);
        assertThat(handle(TRAP)).isFalse();
        assertThat(handle(TRAP)).isTrue();
        assertThat(asked).containsExactly("late");
    }

    @Test
    void claimOnAPageThatIsBackedIsAskedWithinTheSameExit() {
        claim("claim", READ, Verdict.PERFORM);
        chain.attach((cpu, exit) -> {
            asked.add("backing");
            vm.secondLevel().populate(((VmExit.Violation) exit).gpa(), PageSize.SIZE_4K);
            return Verdict.RESUME;
        });
        vm.exclusively(() -> assertThat(handle(UNBACKED)).isTrue());
        assertThat(asked).containsExactly("backing", "claim");
        assertThat(exits).containsExactly(TRAP);
        VmExit fetch = new VmExit.Violation(8, 16, EXECUTE, false, false);
        vm.exclusively(() -> assertThat(handle(fetch)).isTrue());
        assertThat(exits).containsExactly(TRAP, FETCH);
        asked.clear();
        VmExit allowed = new VmExit.Violation(8, 16, READ, false, false);
        vm.exclusively(() -> assertThat(handle(allowed)).isFalse());
        assertThat(asked).containsExactly("backing");
    }

    @Test
    void claimOnAPageThatIsNotBackedAfterAllIsNotAsked() {
        claim("claim", READ, Verdict.STOP);
        chain.attach(part("resuming", Verdict.RESUME));
        assertThat(handle(UNBACKED)).isFalse();
        assertThat(asked).containsExactly("resuming");
    }

    @Test
    void refusalIsATrapIfTheRightToWriteIsWithheld() {
        RightsClaim claim = claim("claim", READ, Verdict.STOP);
        assertThat(chain.refusal(8, 16, WRITE, true)).isEqualTo(TRAP);
        assertThat(chain.refusal(8, 16, READ | WRITE, true)).isEqualTo(TRAP);
        assertThat(chain.refusal(8, 16, EXECUTE, false)).isEqualTo(FETCH);
        claim.allow(0, PAGE, WRITE);
        VmExit refusal = chain.refusal(8, 16, WRITE, false);
        assertThat(refusal).isEqualTo(new VmExit.Violation(8, 16, WRITE, true, false));
        stops(refusal);
        assertThat(asked).containsExactly("claim");
    }

    @Test
    void anAccessIsEmulatedIfAllWhoRefuseItSaySo() {
        claim("first", READ, Verdict.EMULATE);
        claim("second", READ, Verdict.EMULATE);
        assertThat(chain.handle(vm.cpus().getFirst(), TRAP, vm.secondLevel()))
                .isEqualTo(Verdict.EMULATE);
        claim("third", READ, Verdict.PERFORM);
        assertThat(chain.handle(vm.cpus().getFirst(), TRAP, vm.secondLevel()))
                .isEqualTo(Verdict.PERFORM);
        claim("fourth", READ, Verdict.STOP);
        stops(TRAP);
    }

    @Test
    void partsAreToldOfAFullLog() {
        chain.attach(part("one", Verdict.NOT_MINE));
        chain.attach(
                new ExitPart() {
                    @Override
                    public Verdict handle(VirtualCpu cpu, VmExit exit) {
                        return Verdict.NOT_MINE;
                    }

                    @Override
                    public void logEmptied(VirtualCpu cpu) {
                        asked.add("told");
                    }
                });
        chain.logEmptied(vm.cpus().getFirst());
        assertThat(asked).containsExactly("told");
    }
}
