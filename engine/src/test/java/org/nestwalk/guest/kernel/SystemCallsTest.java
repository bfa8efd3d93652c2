package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.guest.SystemCall.Advice;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.VmExit.Cause;

/// What programs ask their kernel for between accesses.
class SystemCallsTest {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long LARGE = 2 * Guest.MIB;

    /// A stream of accesses (`Long`) and system calls.
    static StepSource steps(Object... steps) {
        Queue<Object> left = new ArrayDeque<>(Arrays.asList(steps));
        return new StepSource() {
            private @Nullable SystemCall call;

            @Override
            public int next(long[] block) {
                int count = 0;
                while (left.peek() instanceof Long access) {
                    block[count++] = access;
                    left.remove();
                }
                call = left.isEmpty() ? null : (SystemCall) left.remove();
                return count;
            }

            @Override
            public @Nullable SystemCall call() {
                return call;
            }
        };
    }

    private static Task run(Guest guest, Object... steps) {
        Task task = guest.kernel.run(guest.kernel.start(0, "p", List.of()), steps(steps), 0);
        guest.runAll(2);
        return task;
    }

    @ParameterizedTest
    @EnumSource
    void memoryIsThereFromMmapToMunmap(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = new Guest(machine, 64 * Guest.MIB, 1, Guest.settings(pages))) {
                Task task =
                        run(
                                guest,
                                new SystemCall.Map(BASE, LARGE),
                                Guest.store(BASE),
                                new SystemCall.Unmap(BASE, 4096),
                                Guest.load(BASE + 4096),
                                Guest.load(BASE));
                assertThat(Guest.assertFailed(task, Cause.SEGMENTATION_FAULT))
                        .isEqualTo("a read of 0x7f0000000000, which is not mapped");
                assertThat(task.made()).isEqualTo(2);
            }
        }
    }

    static Stream<Arguments> refusedCalls() {
        List<Vma> readOnly = List.of(new Vma(BASE, BASE + 4096, Vma.READ));
        return Stream.of(
                Arguments.of(
                        Named.of("a mapping over another one", List.of()),
                        List.of(
                                new SystemCall.Map(BASE, LARGE),
                                new SystemCall.Map(BASE + 4096, 4096)),
                        "a system call was refused: the mapping from 0x7f0000001000"),
                Arguments.of(
                        Named.of("memory that is not mapped", List.of()),
                        List.of(new SystemCall.Advise(Advice.POPULATE, BASE, 4096)),
                        "a write to 0x7f0000000000, which is not mapped"),
                Arguments.of(
                        Named.of("memory that may not be written", readOnly),
                        List.of(Guest.load(BASE), new SystemCall.Read(1, 0, BASE, 8)),
                        "a write to 0x7f0000000000, which is not permitted"));
    }

    @ParameterizedTest
    @MethodSource("refusedCalls")
    void aCallThatIsRefusedEndsTheProgram(List<Vma> mappings, List<Object> steps, String why) {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            GuestProcess process = guest.kernel.start(0, "p", mappings);
            Task task = guest.kernel.run(process, steps(steps.toArray()), 0);
            guest.runAll(10);
            assertThat(Guest.assertFailed(task, Cause.SEGMENTATION_FAULT)).startsWith(why);
        }
    }

    @Test
    void populatedMemoryTakesNoFault() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            Task task =
                    guest.kernel.run(
                            guest.kernel.start(0, "p", List.of()),
                            steps(
                                    new SystemCall.Map(BASE, 8192),
                                    new SystemCall.Advise(Advice.POPULATE, BASE, 8192),
                                    Guest.store(BASE),
                                    Guest.store(BASE + 4096)),
                            0);
            guest.slice(0, 2);
            assertThat(task.process().pages(PageSize.SIZE_4K)).isEqualTo(2);
            long faults = account(guest, Cost.GUEST_FAULT);
            guest.slice(0, 1);
            assertThat(account(guest, Cost.GUEST_FAULT)).isEqualTo(faults);
            assertThat(account(guest, Cost.SYSTEM_CALL)).isEqualTo(2L * Guest.COSTS.fault());
        }
    }

    /// As the processor does for accesses of a program's own.
    @Test
    void aCopySetsTheFlagsOfThePageAndIsCharged() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            Task task =
                    guest.kernel.run(
                            guest.kernel.start(0, "p", List.of()),
                            steps(
                                    new SystemCall.Map(BASE, 4096),
                                    new SystemCall.Write(1, 0, BASE, 1024),
                                    new SystemCall.Read(1, 0, BASE, 2048)),
                            0);
            guest.slice(0, 2);
            long flags = PagingEntry.ACCESSED | PagingEntry.DIRTY;
            AddressSpace space = task.process().space();
            assertThat(space.entry(BASE) & flags).isEqualTo(PagingEntry.ACCESSED);
            assertThat(account(guest, Cost.GUEST_COPYING)).isEqualTo(Guest.COSTS.copying() / 4);
            guest.slice(0, 1);
            assertThat(space.entry(BASE) & flags).isEqualTo(flags);
            assertThat(account(guest, Cost.GUEST_COPYING))
                    .isEqualTo(Guest.COSTS.copying() / 4 + Guest.COSTS.copying() / 2);
        }
    }

    @Test
    void memoryThatIsNotNeededIsFreeAndZeroWhenReadAgain() {
        try (Guest guest = guest(PagePolicy.TRANSPARENT_HUGE)) {
            long free = guest.kernel.allocator().freeFrames();
            Task task =
                    guest.kernel.run(
                            guest.kernel.start(0, "p", List.of()),
                            steps(
                                    new SystemCall.Map(BASE, LARGE),
                                    Guest.store(BASE),
                                    new SystemCall.Advise(Advice.DONT_NEED, BASE, LARGE),
                                    Guest.load(BASE)),
                            0);
            guest.slice(0, 3);
            assertThat(free - guest.kernel.allocator().freeFrames()).isLessThan(5);
            assertThat(task.process().pages(PageSize.SIZE_2M)).isZero();
            guest.slice(0, 10);
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            assertThat(task.checksum()).isEqualTo(1);
        }
    }

    @Test
    void hypercallsReachTheHypervisor() {
        try (Guest guest =
                new Guest(Machines.FLAT, 64 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL))) {
            Task task = run(guest, new SystemCall.Hypercall(77, 1, 2, 3));
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            List<long[]> calls = Objects.requireNonNull((FlatMachine) guest.machine).hypercalls;
            assertThat(calls).containsExactly(new long[] {77, 1, 2, 3});
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesKeepWhatIsWritten(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = new Guest(machine, 64 * Guest.MIB, 1, Guest.settings(pages))) {
                StepSource source =
                        steps(
                                new SystemCall.Map(BASE, LARGE),
                                Guest.store(BASE + 4088),
                                Guest.store(BASE + 4096),
                                new SystemCall.Write(7, 4080, BASE + 4080, 24),
                                new SystemCall.Read(7, 4088, BASE + 8192, 16),
                                new SystemCall.Read(8, 0, BASE + 4096, 8),
                                Guest.load(BASE + 8192),
                                Guest.load(BASE + 8200),
                                Guest.load(BASE + 4096));
                Task task = guest.kernel.run(guest.kernel.start(0, "p", List.of()), source, 0);
                guest.runAll(3);
                long expected = Checksum.fold(Checksum.START, Checksum.value(0));
                expected = Checksum.fold(expected, Checksum.value(1));
                assertThat(task.checksum()).isEqualTo(Checksum.fold(expected, 0));
            }
        }
    }

    @Test
    void callsTakeTurnsAsAccessesDo() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            Task first =
                    guest.kernel.run(
                            guest.kernel.start(0, "p", List.of()),
                            steps(
                                    new SystemCall.Map(BASE, 4096),
                                    new SystemCall.Unmap(BASE, 4096),
                                    new SystemCall.Map(BASE, 4096),
                                    Guest.store(BASE)),
                            0);
            guest.slice(0, 3);
            assertThat(first.made()).isZero();
            assertThat(guest.kernel.slice(0, 1)).isEqualTo(Slice.MORE);
            assertThat(first.made()).isEqualTo(1);
        }
    }

    private static Guest guest(PagePolicy pages) {
        return new Guest(Machines.NESTED, 64 * Guest.MIB, 1, Guest.settings(pages));
    }

    private static long account(Guest guest, Cost cost) {
        return guest.machine.cpus().getFirst().account().cycles(cost);
    }
}
