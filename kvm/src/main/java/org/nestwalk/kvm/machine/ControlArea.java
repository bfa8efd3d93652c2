package org.nestwalk.kvm.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.bits.LinearAddress;
import org.nestwalk.kvm.handle.SystemRegisters;
import org.nestwalk.kvm.sys.MappedMemory;

/// What a guest needs besides its memory: code, descriptor tables, stacks, the windows that
/// accesses pass through, and the page tables that map all that ([ControlLayout]). It lies beyond
/// guest memory, in a slot of its own, and in one entry of each root table, so that no program or
/// kernel sees it.
final class ControlArea implements AutoCloseable {
    /// Accesses that a window holds.
    static final int WINDOW = 1 << 16;

    /// Entries that a list holds.
    static final int LIST = 512;

    /// The entry of each root table that belongs to it.
    static final int SLOT = 511;

    /// The most guest memory that its mapping of all of it has room for.
    static final long MOST_MEMORY = 256L << 30;

    static final int KERNEL_CODE = 0x08;
    static final int KERNEL_DATA = 0x10;
    static final int USER_DATA = 0x1b;
    static final int USER_CODE = 0x23;

    private static final int TASK = 0x28;
    private static final int GDT_LIMIT = 55;
    private static final int IDT_LIMIT = 48 * 16 - 1;
    private static final long CR0 = 0x8005_0033L;
    private static final long CR4 = 0x620;
    private static final long EFER = 0xd01;
    private static final long PAGE = ControlLayout.PAGE;

    private final ControlImage.Written image;
    private final ControlLayout layout;
    private final MappedMemory memory;
    private final MemorySegment segment;

    private ControlArea(ControlImage.Written image, MappedMemory memory) {
        this.image = image;
        this.layout = image.layout();
        this.memory = memory;
        this.segment = memory.segment();
    }

    /// The area of a guest with this memory and these CPUs, the entry writer's among them.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host cannot have it
    static ControlArea create(long memoryBytes, int cpus) {
        try (ControlImage.Written image =
                ControlImage.write(new ControlLayout(memoryBytes, cpus))) {
            return of(image);
        }
    }

    /// An area that nobody has used, with what is in `image`.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host cannot have it
    static ControlArea of(ControlImage.Written image) {
        ControlLayout layout = image.layout();
        MappedMemory memory = MappedMemory.anonymous(layout.bytes(), PAGE);
        try {
            memory.replace(0, layout.bytesBeforeWindows(), image.layer().file(), 0);
            return new ControlArea(image.share(), memory);
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /// What it was made of.
    ControlImage.Written image() {
        return image;
    }

    /// Where it begins in guest-physical memory.
    long base() {
        return layout.base();
    }

    /// The memory behind it.
    MappedMemory memory() {
        return memory;
    }

    /// Its own root table, which a CPU uses until its kernel loads one.
    long root() {
        return image.root();
    }

    /// What entry [#SLOT] of every root table has to be.
    long rootEntry() {
        return image.rootEntry();
    }

    /// Whether a linear address is in its part of the address space.
    static boolean contains(long linear) {
        return LinearAddress.index(linear, ControlImage.LEVELS) == SLOT && linear < 0;
    }

    /// Where the replay loop begins.
    long replayEntry() {
        return image.replayEntry();
    }

    /// Where the loop that writes entries back begins.
    long rewriteEntry() {
        return image.rewriteEntry();
    }

    /// Sets up a CPU's descriptor tables, its modes, and [#root]; its segments are left.
    void prepare(SystemRegisters system, int cpu) {
        system.setTask(layout.task(cpu), ControlImage.TASK_LIMIT, TASK);
        system.setGdt(ControlLayout.linear(layout.system(cpu)), GDT_LIMIT);
        system.setIdt(ControlLayout.linear(ControlLayout.IDT), IDT_LIMIT);
        system.setModes(CR0, CR4, EFER);
        system.setCr3(root());
    }

    /// The word `bytes` below the top of the kernel stack.
    long stackWord(int cpu, int bytes) {
        return segment.get(ValueLayout.JAVA_LONG, (layout.stack(cpu) + 1) * PAGE - bytes);
    }

    long windowLinear(int cpu) {
        return ControlLayout.linear(layout.window(cpu));
    }

    /// The window as Java fills it.
    MemorySegment window(int cpu) {
        return segment.asSlice(layout.window(cpu) * PAGE, WINDOW * (long) Long.BYTES);
    }

    long listLinear(int cpu) {
        return ControlLayout.linear(layout.list(cpu));
    }

    /// Puts an entry of the guest's tables into the list of those to be written back.
    void list(int cpu, int place, long gpa) {
        segment.set(
                ValueLayout.JAVA_LONG,
                layout.list(cpu) * PAGE + (long) place * Long.BYTES,
                ControlLayout.DIRECT + gpa);
    }

    @Override
    public void close() {
        memory.close();
        image.close();
    }
}
