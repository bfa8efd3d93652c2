package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VmExit;

/// What an exit says, under each format of the second level and under shadow paging.
class ExitsTest {
    private static final long MEMORY = SmallGuest.MEMORY;
    private static final long GVA = SmallGuest.GVA;
    private static final long DATA = 4 << 20;
    private static final long PAGE = 4096;

    /// A guest that maps its memory from [SmallGuest#GVA] on, with a claim on its rights.
    private static final class Seen extends SmallGuest {
        private final RightsClaim claim = vm.claim(this::handle);

        Seen(Kind kind) {
            super(kind);
            mapAll();
        }

        VmExit runAt(int kind, long gpa) {
            return run(kind, GVA + gpa);
        }

        void protect(long gpa, int rights) {
            vm.exclusively(() -> claim.allow(gpa, PAGE, rights));
        }
    }

    private static VmExit violation(long gpa, int access, boolean mapped) {
        return new VmExit.Violation(gpa, GVA + gpa, access, mapped, false);
    }

    @ParameterizedTest
    @EnumSource
    void unbackedPageSaysWhatWasWanted(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.runAt(Access.LOAD, DATA + 8);
        seen.runAt(Access.STORE, DATA + PAGE + 8);
        seen.runAt(Access.FETCH, DATA + 2 * PAGE + 8);
        assertThat(seen.exits)
                .containsExactly(
                        violation(DATA + 8, SecondLevelMap.READ, false),
                        violation(DATA + PAGE + 8, SecondLevelMap.WRITE, false),
                        violation(DATA + 2 * PAGE + 8, SecondLevelMap.EXECUTE, false));
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void pageThatRefusesSaysSo(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.runAt(Access.LOAD, DATA);
        seen.protect(DATA, SecondLevelMap.READ);
        seen.exits.clear();
        assertThat(seen.runAt(Access.FETCH, DATA))
                .isEqualTo(violation(DATA, SecondLevelMap.EXECUTE, true));
        assertThat(seen.runAt(Access.STORE, DATA + 8))
                .isEqualTo(new VmExit.WriteTrap(DATA + 8, GVA + DATA + 8, false));
        assertThat(seen.runAt(Access.LOAD, DATA)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(seen.exits).hasSize(2);
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void accessOfTheKernelHasNoLinearAddress(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.cpu.kernel().store(DATA, 1);
        assertThat(seen.cpu.kernel().load(DATA + PAGE)).isZero();
        assertThat(seen.exits)
                .containsExactly(
                        new VmExit.Violation(DATA, -1, SecondLevelMap.WRITE, false, false),
                        new VmExit.Violation(DATA + PAGE, -1, SecondLevelMap.READ, false, false));
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT", "EPT_AD", "NPT"})
    void tableThatIsNotBackedIsCalledOne(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.cpu.kernel().store(0x3000, DATA | 7);
        seen.exits.clear();
        seen.runAt(Access.LOAD, 0);
        VmExit first = seen.exits.getFirst();
        assertThat(first)
                .isInstanceOfSatisfying(
                        VmExit.Violation.class,
                        violation -> {
                            assertThat(violation.gpa()).isEqualTo(DATA);
                            assertThat(violation.gva()).isEqualTo(GVA);
                            assertThat(violation.table()).isTrue();
                            assertThat(violation.mapped()).isFalse();
                        });
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void exitThatIsNotHandledEndsTheRunWhereItWas(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.resumes = false;
        long[] accesses = {
            Access.pack(Access.LOAD, GVA + 0x1000),
            Access.pack(Access.LOAD, GVA + DATA),
            Access.pack(Access.LOAD, GVA + DATA)
        };
        seen.cpu.setProgram(7, Checksum.START);
        assertThat(seen.cpu.run(accesses, 0, 3)).isInstanceOf(VmExit.Violation.class);
        assertThat(seen.cpu.position()).isEqualTo(1);
        assertThat(seen.cpu.state().cursor()).isEqualTo(8);
        assertThat(seen.cpu.account().exits()).isPositive();
        seen.resumes = true;
        assertThat(seen.cpu.run(accesses, 1, 3)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(seen.cpu.position()).isEqualTo(3);
        assertThat(seen.cpu.state().cursor()).isEqualTo(10);
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void kickIsTakenBeforeTheNextAccess(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.cpu.kick();
        assertThat(seen.runAt(Access.LOAD, 0x1000)).isInstanceOf(VmExit.Interrupted.class);
        assertThat(seen.cpu.position()).isZero();
        assertThat(seen.runAt(Access.LOAD, 0x1000)).isInstanceOf(VmExit.ProgramEnd.class);
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void guestWithoutSoftwareFailsAtAFault(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        long[] unmapped = {Access.pack(Access.LOAD, GVA + (1L << 30))};
        assertThat(seen.cpu.run(unmapped, 0, 1))
                .isEqualTo(
                        new VmExit.Failure(
                                VmExit.Cause.UNHANDLED_EXCEPTION,
                                "page fault at 0x%x, which nothing handles"
                                        .formatted(GVA + (1L << 30))));
        assertThat(seen.cpu.run(new long[] {Access.pack(Access.LOAD, 1L << 50)}, 0, 1))
                .isEqualTo(
                        new VmExit.Failure(
                                VmExit.Cause.UNHANDLED_EXCEPTION,
                                "general protection: 0x4000000000000 is not canonical"));
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void kernelIsKeptToItsMemory(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        KernelCpu kernel = seen.cpu.kernel();
        kernel.store(MEMORY - 8, 1);
        kernel.zero(MEMORY - PAGE, PAGE);
        List<Runnable> beyond =
                List.of(
                        () -> kernel.store(MEMORY, 1),
                        () -> kernel.load(-8),
                        () -> kernel.zero(MEMORY - PAGE, 2 * PAGE),
                        () -> kernel.copy(0, MEMORY, PAGE),
                        () -> kernel.copy(MEMORY, 0, PAGE));
        for (Runnable access : beyond) {
            try {
                access.run();
                throw new AssertionError("made");
            } catch (GuestFailure failure) {
                assertThat(failure.failure().cause()).isEqualTo(VmExit.Cause.BEYOND_GUEST_MEMORY);
            }
        }
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void kernelAccessThatIsNotHandledSaysWhichExit(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.resumes = false;
        try {
            seen.cpu.kernel().access(Access.FETCH, GVA + DATA);
            throw new AssertionError("made");
        } catch (UnhandledExit unhandled) {
            assertThat(unhandled.exit()).isEqualTo(violation(DATA, SecondLevelMap.EXECUTE, false));
        }
        seen.resumes = true;
        seen.cpu.kernel().access(Access.STORE, GVA + DATA);
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void stateIsSavedAndRestored(SmallGuest.Kind kind) {
        Seen seen = new Seen(kind);
        seen.runAt(Access.STORE, DATA);
        seen.runAt(Access.LOAD, DATA);
        var state = seen.cpu.state();
        assertThat(state.cr3()).isEqualTo(0x1000);
        assertThat(state.cursor()).isEqualTo(2);
        seen.runAt(Access.STORE, DATA + 8);
        seen.cpu.kernel().loadCr3(0x5000, true);
        seen.cpu.restore(state);
        assertThat(seen.cpu.state()).isEqualTo(state);
        assertThat(seen.runAt(Access.LOAD, DATA)).isInstanceOf(VmExit.ProgramEnd.class);
        seen.machine.closeAndVerify();
    }
}
