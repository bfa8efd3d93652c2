package org.nestwalk.lab.guarded;

import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.image.CodeFile;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.monitor.CodeFiles;
import org.nestwalk.hypervisor.monitor.ExpectedCode;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;

/// A virtual machine that a kernel's image has been loaded into, with its clock.
public final class GuardedGuest implements AutoCloseable {
    private static final long START = 64 << 10;
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final VirtualMachine vm;
    private final KernelImage image;
    private long idle;

    /// Boots it on `machine`, with all of its memory backed by small pages.
    public GuardedGuest(Machine machine, ImageLayout layout, int cpus) {
        this(machine, layout, cpus, new Eager(PageSize.SIZE_4K));
    }

    /// Boots it on `machine`.
    public GuardedGuest(Machine machine, ImageLayout layout, int cpus, BackingPolicy backing) {
        vm =
                machine.create(
                        new VmSettings("the guest", memory(layout), cpus, TranslationMode.NESTED));
        Hypervisor _ = Hypervisor.start(vm, backing);
        image = new KernelImage(vm.cpus().getFirst().kernel(), START, layout);
        for (VirtualCpu cpu : vm.cpus().reversed()) {
            image.enter(cpu.kernel());
        }
    }

    /// Bytes of memory of such a guest.
    public static long memory(ImageLayout layout) {
        return START + layout.bytes() + LARGE - 1 & -LARGE;
    }

    /// Its virtual machine.
    public VirtualMachine vm() {
        return vm;
    }

    /// Its kernel's image.
    public KernelImage image() {
        return image;
    }

    /// The files that its code may be made from.
    public CodeFiles files() {
        ImageLayout layout = image.layout();
        ExpectedCode own = expected(image.file());
        return number ->
                number == 0
                        ? own
                        : ImageLayout.hasFile(number) ? expected(layout.file(number)) : null;
    }

    private static ExpectedCode expected(CodeFile file) {
        return new ExpectedCode() {
            @Override
            public int pages() {
                return file.pages();
            }

            @Override
            public boolean allows(int word, long value) {
                return file.allows(word, value);
            }

            @Override
            public boolean isData(int word) {
                return file.isData(word);
            }

            @Override
            public boolean isExecutable(int page) {
                return file.isExecutable(page);
            }
        };
    }

    private VirtualCpu cpu() {
        return vm.cpus().getFirst();
    }

    /// Nanoseconds since it was made, idle ones included.
    public long now() {
        return cpu().nanoseconds() + idle;
    }

    /// Cycles that its CPUs have been in the guest and in exits, and those of background work. Zero
    /// where they are not counted.
    public long cycles(int accessCycles) {
        long sum = vm.background().cycles();
        for (VirtualCpu one : vm.cpus()) {
            sum += one.account().cycles();
            sum += one.walkCounts().map(counts -> counts.cycles(accessCycles)).orElse(0L);
        }
        return sum;
    }

    /// Lets time pass in which the guest does nothing.
    public void idle(long nanoseconds) {
        idle += nanoseconds;
    }

    /// Runs accesses of its program.
    ///
    /// @throws IllegalStateException if they do not come to their end
    public void run(long[] accesses, int count) {
        VmExit exit = cpu().run(accesses, 0, count);
        if (!(exit instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("the program ended with " + exit);
        }
    }

    @Override
    public void close() {
        vm.close();
    }
}
