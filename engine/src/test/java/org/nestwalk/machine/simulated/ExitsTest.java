package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

/// What an exit says, under each format of the second level and under shadow paging.
class ExitsTest {
    private static final long MEMORY = 16 << 20;
    private static final long GVA = 0x80_0000_0000L;
    private static final long DATA = 4 << 20;
    private static final long PAGE = 4096;

    /// A format of the second level, or shadow paging on top of one.
    enum Kind {
        EPT(SecondLevelFormat.EPT, TranslationMode.NESTED),
        EPT_AD(SecondLevelFormat.EPT_AD, TranslationMode.NESTED),
        NPT(SecondLevelFormat.NPT, TranslationMode.NESTED),
        SHADOW(SecondLevelFormat.EPT, TranslationMode.SHADOW);

        final SecondLevelFormat format;
        final TranslationMode mode;

        Kind(SecondLevelFormat format, TranslationMode mode) {
            this.format = format;
            this.mode = mode;
        }
    }

    /// A guest that maps its memory from [#GVA] on with 2-MiB pages, and sees each exit.
    private static final class Seen {
        final SimulatedMachine machine;
        final VirtualMachine vm;
        final VirtualCpu cpu;
        final List<VmExit> exits = new ArrayList<>();
        final RightsClaim claim;
        boolean resumes = true;

        Seen(Kind kind) {
            machine =
                    new SimulatedMachine(
                            SimulatedSettings.of(Processors.of(kind.format), 64L << 20));
            vm = machine.create(new VmSettings("vm", MEMORY, 1, kind.mode));
            cpu = vm.cpus().getFirst();
            vm.attach(this::handle);
            claim = vm.claim(this::handle);
            KernelCpu kernel = cpu.kernel();
            kernel.store(0x1000 + 8 * (GVA >> 39), 0x2007);
            kernel.store(0x2000, 0x3007);
            for (long region = 0; region < MEMORY >> 21; region++) {
                kernel.store(0x3000 + 8 * region, region << 21 | 0x87);
            }
            kernel.loadCr3(0x1000, false);
            exits.clear();
        }

        private Verdict handle(VirtualCpu cpu, VmExit exit) {
            exits.add(exit);
            return Verdict.resumeIf(
                    resumes
                            && exit instanceof VmExit.Violation violation
                            && !violation.mapped()
                            && vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K));
        }

        VmExit run(int kind, long gpa) {
            return cpu.run(new long[] {Access.pack(kind, GVA + gpa)}, 0, 1);
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
    void unbackedPageSaysWhatWasWanted(Kind kind) {
        Seen seen = new Seen(kind);
        seen.run(Access.LOAD, DATA + 8);
        seen.run(Access.STORE, DATA + PAGE + 8);
        seen.run(Access.FETCH, DATA + 2 * PAGE + 8);
        assertThat(seen.exits)
                .containsExactly(
                        violation(DATA + 8, SecondLevelMap.READ, false),
                        violation(DATA + PAGE + 8, SecondLevelMap.WRITE, false),
                        violation(DATA + 2 * PAGE + 8, SecondLevelMap.EXECUTE, false));
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void pageThatRefusesSaysSo(Kind kind) {
        Seen seen = new Seen(kind);
        seen.run(Access.LOAD, DATA);
        seen.protect(DATA, SecondLevelMap.READ);
        seen.exits.clear();
        assertThat(seen.run(Access.FETCH, DATA))
                .isEqualTo(violation(DATA, SecondLevelMap.EXECUTE, true));
        assertThat(seen.run(Access.STORE, DATA + 8))
                .isEqualTo(new VmExit.WriteTrap(DATA + 8, GVA + DATA + 8, false));
        assertThat(seen.run(Access.LOAD, DATA)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(seen.exits).hasSize(2);
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void accessOfTheKernelHasNoLinearAddress(Kind kind) {
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
    void tableThatIsNotBackedIsCalledOne(Kind kind) {
        Seen seen = new Seen(kind);
        seen.cpu.kernel().store(0x3000, DATA | 7);
        seen.exits.clear();
        seen.run(Access.LOAD, 0);
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
    void exitThatIsNotHandledEndsTheRunWhereItWas(Kind kind) {
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
    void kickIsTakenBeforeTheNextAccess(Kind kind) {
        Seen seen = new Seen(kind);
        seen.cpu.kick();
        assertThat(seen.run(Access.LOAD, 0x1000)).isInstanceOf(VmExit.Interrupted.class);
        assertThat(seen.cpu.position()).isZero();
        assertThat(seen.run(Access.LOAD, 0x1000)).isInstanceOf(VmExit.ProgramEnd.class);
        seen.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void guestWithoutSoftwareFailsAtAFault(Kind kind) {
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
    void kernelIsKeptToItsMemory(Kind kind) {
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
    void kernelAccessThatIsNotHandledSaysWhichExit(Kind kind) {
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
    void stateIsSavedAndRestored(Kind kind) {
        Seen seen = new Seen(kind);
        seen.run(Access.STORE, DATA);
        seen.run(Access.LOAD, DATA);
        var state = seen.cpu.state();
        assertThat(state.cr3()).isEqualTo(0x1000);
        assertThat(state.cursor()).isEqualTo(2);
        seen.run(Access.STORE, DATA + 8);
        seen.cpu.kernel().loadCr3(0x5000, true);
        seen.cpu.restore(state);
        assertThat(seen.cpu.state()).isEqualTo(state);
        assertThat(seen.run(Access.LOAD, DATA)).isInstanceOf(VmExit.ProgramEnd.class);
        seen.machine.closeAndVerify();
    }
}
