package org.nestwalk.lab.labs.watchpoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.hypervisor.watchpoints.WatchedAccess;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;

/// A program of the collection, once on each of some CPUs, in memory of its own, while watchpoints
/// rotate: an access outside that memory would be a report.
final class CleanProgram {
    private static final int BLOCK = 64;
    private static final int ACCESSES = 3_000;

    private CleanProgram() {}

    static void run(String name, int cpus, Trap trap, long seed) {
        Program program = program(name);
        long base = program.base();
        long bytes = program.footprint() + (2L << 20) & -(2L << 20);
        long memory = MappedGuest.memoryFor(base, cpus * bytes);
        List<String> reports = new ArrayList<>();
        try (SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(
                                TestMachines.plain(), memory * 2 + (16L << 20) & -(4L << 20)))) {
            MappedGuest guest =
                    new MappedGuest(
                            machine,
                            cpus,
                            base,
                            cpus * bytes,
                            PageSize.SIZE_4K,
                            new FirstTouch(PageSize.SIZE_4K));
            PageSet watched = new PageSet();
            watched.add(guest.dataStart(), cpus * bytes);
            try (RotatingWatchpoints points =
                    RotatingWatchpoints.open(
                            guest.vm(),
                            watched,
                            32,
                            trap,
                            new RandomPages(seed),
                            cpu -> StepSource.TEXT + cpu.index(),
                            access -> judge(access, base, bytes, reports))) {
                List<StepSource> sources = new ArrayList<>();
                for (int cpu = 0; cpu < cpus; cpu++) {
                    sources.add(new DisplacedSource(program.steps(), cpu * bytes));
                }
                play(guest, sources, points);
                for (VirtualCpu cpu : guest.vm().cpus()) {
                    PlainExecution plain =
                            PlainExecution.of(program.steps(), ACCESSES / BLOCK * BLOCK);
                    assertThat(cpu.state().checksum()).as(name).isEqualTo(plain.checksum());
                }
            }
        }
        assertThat(reports).as(name).isEmpty();
    }

    private static Program program(String name) {
        String text = name.startsWith("yardstick") ? name : name + ":footprint=16MiB";
        return ProgramSpec.parse(text + (text.contains(":") ? "," : ":") + "accesses=3k");
    }

    private static void judge(WatchedAccess access, long base, long bytes, List<String> reports) {
        long own = base + access.cpu() * bytes;
        boolean isOwn = access.gva() >= own && access.gva() < own + bytes;
        if (access.instruction() != StepSource.TEXT + access.cpu() || (!access.table() && !isOwn)) {
            reports.add(access.toString());
        }
    }

    private static void play(
            MappedGuest guest, List<StepSource> sources, RotatingWatchpoints points) {
        long[] block = new long[BLOCK];
        for (int made = 0; made < ACCESSES / BLOCK; made++) {
            for (int cpu = 0; cpu < sources.size(); cpu++) {
                int count = sources.get(cpu).next(block);
                VmExit end = guest.vm().cpus().get(cpu).run(block, 0, count);
                assertThat(end).isEqualTo(new VmExit.ProgramEnd());
            }
            points.rotate();
        }
    }
}
