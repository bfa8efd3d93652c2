package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A virtual machine with one CPU and no kernel, which a test drives: its memory is backed at the
/// first touch, and its exits are noted.
class SmallGuest {
    static final long MEMORY = 16L << 20;

    /// Where [#mapAll] maps the first byte of memory.
    static final long GVA = 0x80_0000_0000L;

    static final long ROOT = 0x1000;

    /// The table of [#mapAll] whose entries are of 2 MiB.
    static final long LEVEL2 = 0x3000;

    private static final long LEVEL3 = 0x2000;
    private static final long TABLE = 7;
    private static final long LARGE_PAGE = 0x87;

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

    final SimulatedMachine machine;
    final VirtualMachine vm;
    final VirtualCpu cpu;
    final KernelCpu kernel;
    final List<VmExit> exits = new ArrayList<>();
    PageSize backing = PageSize.SIZE_4K;

    /// What serves its exits.
    final ExitPart part = this::handle;

    /// Whether a violation is served.
    boolean resumes = true;

    /// On a machine of its own.
    SmallGuest(Kind kind) {
        this(kind.format, kind.mode);
    }

    SmallGuest(SecondLevelFormat format, TranslationMode mode) {
        this(
                new SimulatedMachine(SimulatedSettings.of(Processors.of(format), 4 * MEMORY)),
                new VmSettings("vm", MEMORY, 1, mode));
    }

    SmallGuest(SimulatedMachine machine, VmSettings settings) {
        this.machine = machine;
        vm = machine.create(settings);
        cpu = vm.cpus().getFirst();
        kernel = cpu.kernel();
        vm.attach(part);
    }

    /// Notes an exit, and backs memory.
    Verdict handle(VirtualCpu cpu, VmExit exit) {
        exits.add(exit);
        return Verdict.resumeIf(
                resumes
                        && exit instanceof VmExit.Violation violation
                        && !violation.mapped()
                        && vm.secondLevel().populate(violation.gpa(), backing));
    }

    /// Maps all memory with 2-MiB pages, by tables in the first of them.
    void mapAll() {
        kernel.store(ROOT + 8 * (GVA >> 39), LEVEL3 | TABLE);
        kernel.store(LEVEL3, LEVEL2 | TABLE);
        for (long gpa = 0; gpa < MEMORY; gpa += PageSize.SIZE_2M.bytes()) {
            map(GVA + gpa, gpa | LARGE_PAGE);
        }
        kernel.loadCr3(ROOT, false);
        exits.clear();
    }

    /// Sets the entry of [#LEVEL2] that maps `gva`, and invalidates it.
    void map(long gva, long entry) {
        kernel.store(LEVEL2 + 8 * (gva >> 21 & 511), entry);
        kernel.invlpg(gva);
    }

    /// Makes one access in user mode.
    VmExit run(int kind, long gva) {
        return cpu.run(new long[] {Access.pack(kind, gva)}, 0, 1);
    }
}
