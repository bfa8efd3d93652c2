package org.nestwalk.lab.labs.merging;

import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.program.Program;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.lab.vm.GuestTables;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// A guest of one CPU that maps all its memory by 4-KiB pages, holds an image, and runs a program
/// bit by bit. It has no kernel.
final class LabGuest {
    private static final int BLOCK = 1 << 12;

    private final VirtualMachine vm;
    private final VirtualCpu cpu;
    private final GuestLayout layout;
    private final long root;
    private final ProcessorModel model;

    /// A guest whose image is zeroes that nobody has touched.
    LabGuest(SimulatedMachine machine, String name, GuestLayout layout) {
        this.layout = layout;
        this.model = machine.settings().model();
        vm = machine.create(new VmSettings(name, layout.memoryBytes(), 1, TranslationMode.NESTED));
        cpu = vm.cpus().getFirst();
        var _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        root =
                vm.exclusively(() ->
                        new GuestTables(vm.memory(), 0)
                                .map(
                                        GuestLayout.IMAGE + layout.displacement(),
                                        GuestLayout.IMAGE,
                                        layout.mappedBytes(),
                                        PageSize.SIZE_4K));
        cpu.kernel().loadCr3(root, false);
    }

    private LabGuest(LabGuest parent, FrozenMemory memory, String name) {
        layout = parent.layout;
        model = parent.model;
        root = parent.root;
        vm = memory.fork(name);
        cpu = vm.cpus().getFirst();
        var _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        cpu.kernel().loadCr3(root, false);
    }

    /// A guest with the memory that this one had when it was frozen, and has run nothing.
    LabGuest fork(FrozenMemory memory, String name) {
        return new LabGuest(this, memory, name);
    }

    VirtualMachine vm() {
        return vm;
    }

    static long imagePage(long index) {
        return GuestLayout.IMAGE + index * GuestLayout.PAGE;
    }

    /// Puts a page of the image into memory, as loading from a disk would: at no cost.
    void load(long index, long[] words) {
        vm.exclusively(() -> vm.memory().writePage(imagePage(index), words));
    }

    /// Has a page that holds zeroes and was touched, as after clearing it.
    void touch(long index) {
        vm.exclusively(() -> {
            boolean _ = vm.secondLevel().populate(imagePage(index), PageSize.SIZE_4K);
        });
    }

    /// The guest writes to a page of its image.
    void write(long index, int word, long value) {
        cpu.kernel().store(imagePage(index) + (long) word * Long.BYTES, value);
    }

    /// The cycles of one write of a program to a page of the image.
    long timeWrite(long index) {
        long before = cycles();
        run(new long[] {Access.pack(Access.STORE, imagePage(index) + layout.displacement())}, 1);
        return cycles() - before;
    }

    private long cycles() {
        MmuCounts counts = cpu.walkCounts().orElseThrow();
        return counts.accesses() * model.costs().accessCycles()
                + counts.translationCycles()
                + counts.dataCycles
                + cpu.account().cycles();
    }

    private void run(long[] block, int count) {
        VmExit exit = cpu.run(block, 0, count);
        if (exit instanceof VmExit.Failure failure) {
            throw new InputException(failure.message());
        }
        if (!(exit instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("the guest stopped: " + exit);
        }
    }

    /// A program that runs in this guest.
    final class Running {
        private final AccessSource source;
        private final long[] block = new long[BLOCK];
        private int at;
        private int end;
        private long made;

        Running(Program program) {
            this.source = program.open();
        }

        long made() {
            return made;
        }

        /// Goes on until `until` accesses are made, or to the program's end.
        void runTo(long until) {
            while (made < until) {
                if (at == end) {
                    at = 0;
                    end = source.next(block);
                    if (end == 0) {
                        return;
                    }
                }
                int count = (int) Math.min(end - at, until - made);
                VmExit exit = cpu.run(block, at, at + count);
                if (exit instanceof VmExit.Failure failure) {
                    throw new InputException(failure.message());
                }
                at += count;
                made += count;
            }
        }
    }

    /// Checks that the program has loaded what it would have anywhere.
    ///
    /// @throws IllegalStateException if it has not
    void check(PlainExecution plain) {
        if (cpu.state().checksum() != plain.checksum()) {
            throw new IllegalStateException(
                    "%s has loaded something else than it has stored"
                            .formatted(vm.settings().name()));
        }
    }
}
