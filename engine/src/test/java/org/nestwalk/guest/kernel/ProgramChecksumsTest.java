package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.Programs;

/// One program, many executions, one checksum.
class ProgramChecksumsTest {
    private static final int QUANTUM = 1000;

    static Stream<Arguments> programs() {
        return Stream.of(Machines.values())
                .flatMap(machine ->
                        Programs.names().stream()
                                .filter(name -> !name.startsWith("yardstick"))
                                .flatMap(name ->
                                        Stream.of(PagePolicy.values())
                                                .map(pages -> Arguments.of(machine, name, pages))));
    }

    static Stream<Arguments> shapes() {
        return Stream.of(Machines.values())
                .flatMap(machine ->
                        Stream.of(1, 2, 4)
                                .flatMap(cpus ->
                                        Stream.of(true, false)
                                                .flatMap(pcids ->
                                                        Stream.of(PagePolicy.values())
                                                                .map(pages ->
                                                                        Arguments.of(
                                                                                machine, cpus,
                                                                                pcids, pages)))));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void everyProgramEndsAsOnPlainMemory(Machines machine, String name, PagePolicy pages) {
        Program program = Guest.program(name + ":footprint=16MiB,accesses=20k,seed=11");
        try (Guest guest = new Guest(machine, 64 * Guest.MIB, 1, Guest.settings(pages))) {
            Task task = guest.start(program, 0);
            guest.runAll(QUANTUM);
            Guest.assertPlain(task, program);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void processesInTurnsEndAsOnPlainMemory(
            Machines machine, int cpus, boolean pcids, PagePolicy pages) {
        KernelSettings settings = Guest.settings(pages);
        try (Guest guest =
                new Guest(
                        machine,
                        128 * Guest.MIB,
                        cpus,
                        pcids ? settings : settings.withoutPcids())) {
            List<Task> tasks = new ArrayList<>();
            List<Program> programs = new ArrayList<>();
            for (int i = 0; i < 3 * cpus; i++) {
                // The same addresses in every process, with different values.
                String name = i % 2 == 0 ? "gups" : "zipf";
                programs.add(Guest.program(name + ":footprint=4MiB,accesses=8k,seed=" + i));
                tasks.add(guest.start(programs.get(i), i % cpus));
            }
            guest.runAll(QUANTUM);
            for (int i = 0; i < tasks.size(); i++) {
                Guest.assertPlain(tasks.get(i), programs.get(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void threadsOfOneProcessEndAsOnPlainMemory(
            Machines machine, int cpus, boolean pcids, PagePolicy pages) {
        KernelSettings settings = Guest.settings(pages);
        Program program = Guest.program("gups:footprint=4MiB,accesses=8k,base=0x7e0000000000");
        try (Guest guest =
                new Guest(
                        machine,
                        128 * Guest.MIB,
                        cpus,
                        pcids ? settings : settings.withoutPcids())) {
            List<Task> tasks = guest.startThreads(program);
            guest.runAll(QUANTUM);
            tasks.forEach(task -> Guest.assertPlain(task, program));
        }
    }

    @ParameterizedTest
    @EnumSource
    void processWithUnknownMappingsRunsInOneAreaOfAllAddresses(Machines machine) {
        Program program = Guest.program("zipf:footprint=4MiB,accesses=8k");
        try (Guest guest =
                new Guest(
                        machine, 64 * Guest.MIB, 1, Guest.settings(PagePolicy.TRANSPARENT_HUGE))) {
            GuestProcess process = guest.kernel.start(0, "trace", List.of(Vma.everything()));
            Task task = guest.kernel.run(process, program.open(), 0);
            guest.runAll(QUANTUM);
            Guest.assertPlain(task, program);
        }
    }

    @ParameterizedTest
    @EnumSource
    void policyDecidesWhichPagesAProgramGets(Machines machine) {
        Program program = Guest.program("sequential:footprint=4MiB,accesses=1M,writes=0.5");
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = new Guest(machine, 64 * Guest.MIB, 1, Guest.settings(pages))) {
                Task task = guest.start(program, 0);
                assertThat(guest.slice(0, 600_000)).isTrue();
                boolean small = pages == PagePolicy.SMALL;
                assertThat(task.process().pages(PageSize.SIZE_4K)).isEqualTo(small ? 1024 : 0);
                assertThat(task.process().pages(PageSize.SIZE_2M)).isEqualTo(small ? 0 : 2);
                assertThat(guest.kernel.counts().pageFaults()).isEqualTo(small ? 1024 : 2);
            }
        }
    }
}
