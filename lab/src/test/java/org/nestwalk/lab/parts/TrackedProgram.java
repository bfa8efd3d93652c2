package org.nestwalk.lab.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

/// A random program of two CPUs, and what its hypervisor does meanwhile, tracked in one or several
/// ways that are collected at the same moments. What it does depends on its seed alone.
final class TrackedProgram implements AutoCloseable {
    static final long MEMORY = 8L << 20;

    private static final long REGION = PageSize.SIZE_2M.bytes();
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long GVA = 0x80_0000_0000L;
    private static final int STEPS = 80;

    private final VirtualMachine vm;
    private final Xoshiro256 random;
    private final boolean alone;
    private final boolean exact;
    private final List<DirtyPages> trackers = new ArrayList<>();
    private final TreeSet<Long> written = new TreeSet<>();
    private final List<List<Long>> reported = new ArrayList<>();

    /// @param sources all of which track it
    /// @param alone whether pages are also split and collapsed, which is possible or not depending
    ///   on who else tracks
    TrackedProgram(
            Machine machine,
            long seed,
            List<DirtySource> sources,
            Splitting splitting,
            PageSize backing,
            boolean alone) {
        this.random = new Xoshiro256(seed);
        this.alone = alone;
        this.exact = splitting != Splitting.NONE || (backing == PageSize.SIZE_4K && !alone);
        vm = machine.create(new VmSettings("tracked", MEMORY, 2, TranslationMode.NESTED));
        Hypervisor.start(vm, new FirstTouch(backing));
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        kernel.store(0x1000 + 8 * (GVA >> 39), 0x2007);
        kernel.store(0x2000, 0x3007);
        for (long region = 0; region < MEMORY / REGION; region++) {
            kernel.store(0x3000 + 8 * region, region * REGION | 0x87);
        }
        vm.cpus().forEach(cpu -> cpu.kernel().loadCr3(0x1000, false));
        for (int i = 0; i < 30; i++) {
            access();
        }
        written.clear();
        sources.forEach(source -> trackers.add(splitting.track(vm, source)));
        trackers.forEach(tracker -> tracker.collect(new PageSet()));
    }

    /// Runs it.
    ///
    /// @return the data pages that each collection found
    List<List<Long>> run() {
        for (int step = 0; step < STEPS; step++) {
            switch ((int) random.nextBelow(12)) {
                case 0 -> collect();
                case 1 -> trackers.forEach(tracker -> tracker.peek(new PageSet()));
                case 2 -> unmap();
                case 3 -> hypervisorWrite();
                case 4 -> kernelStore();
                case 5 -> change();
                default -> access();
            }
        }
        collect();
        return reported;
    }

    private long somePage() {
        return random.nextBelow(3) == 0
                ? REGION + random.nextBelow(6) * PAGE
                : REGION + random.nextBelow((MEMORY - REGION) / PAGE) * PAGE;
    }

    private VirtualCpu someCpu() {
        return vm.cpus().get((int) random.nextBelow(2));
    }

    private void access() {
        VirtualCpu cpu = someCpu();
        long[] block = new long[4];
        for (int i = 0; i < block.length; i++) {
            long page = somePage();
            int kind = (int) random.nextBelow(3);
            block[i] =
                    Access.pack(
                            List.of(Access.LOAD, Access.STORE, Access.MODIFY).get(kind),
                            GVA + page + 8 * random.nextBelow(512));
            if (kind != 0) {
                written.add(page);
            }
        }
        assertThat(cpu.run(block, 0, block.length)).isEqualTo(new VmExit.ProgramEnd());
    }

    private void kernelStore() {
        long gpa = somePage();
        someCpu().kernel().store(gpa + 8, random.nextLong());
        written.add(gpa);
    }

    private void hypervisorWrite() {
        long gpa = somePage();
        long value = random.nextLong();
        vm.exclusively(() -> vm.memory().write(gpa + 16, value));
        written.add(gpa);
    }

    private void unmap() {
        long gpa = somePage();
        if (vm.secondLevel().pageSize(gpa) != null) {
            written.add(gpa);
        }
        vm.exclusively(() -> vm.secondLevel().unmap(gpa, PAGE));
    }

    private void change() {
        long gpa = somePage();
        boolean collapse = random.nextBelow(2) == 0;
        if (alone) {
            vm.exclusively(() -> {
                if (collapse) {
                    int _ = vm.secondLevel().collapse(gpa, -1);
                } else {
                    vm.secondLevel().split(gpa);
                }
            });
        }
    }

    private void collect() {
        List<PageSet> found = new ArrayList<>();
        trackers.forEach(_ -> found.add(new PageSet()));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < trackers.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(random.nextLong()));
        order.forEach(i -> trackers.get(i).collect(found.get(i)));
        List<Long> first = list(found.getFirst());
        for (PageSet other : found) {
            assertThat(list(other)).as("tables and all").isEqualTo(first);
        }
        List<Long> data = first.stream().filter(page -> page >= REGION).toList();
        if (exact) {
            assertThat(data).containsExactlyElementsOf(written);
        } else {
            assertThat(data).containsAll(written);
        }
        reported.add(data);
        written.clear();
    }

    private static List<Long> list(PageSet pages) {
        List<Long> list = new ArrayList<>();
        pages.forEach(list::add);
        return list;
    }

    @Override
    public void close() {
        trackers.forEach(DirtyPages::close);
        vm.close();
    }
}
