package org.nestwalk.kvm.code;

import java.util.Set;

/// The little code that guests have in kernel mode: exceptions go to the virtual machine's user,
/// who is their kernel, by OUT; and entries of page tables are touched so that the hypervisor sees
/// what has become of them.
public final class KernelStubs {
    /// Exception `v` writes to this port plus `v`.
    public static final int EXCEPTION_PORT = 0x80;

    /// Exceptions that have an entry.
    public static final int EXCEPTIONS = 32;

    /// Bytes from one exception's entry to the next one's.
    public static final int STUB_BYTES = 16;

    /// The port that is written to when all entries have been written back.
    public static final int REWRITTEN_PORT = 0xf3;

    // Intel SDM volume 3A, table 6-1: those that push an error code.
    private static final Set<Integer> WITH_ERROR_CODE = Set.of(8, 10, 11, 12, 13, 14, 17, 21);

    private KernelStubs() {}

    /// Whether exception `vector` pushes an error code.
    public static boolean hasErrorCode(int vector) {
        return WITH_ERROR_CODE.contains(vector);
    }

    /// The entries of all exceptions, one every [#STUB_BYTES]: each tells its number, and when
    /// resumed returns to where the exception was.
    public static MachineCode exceptions() {
        MachineCode code = new MachineCode();
        for (int vector = 0; vector < EXCEPTIONS; vector++) {
            code.align(STUB_BYTES).op("out vector, al", 0xe6, EXCEPTION_PORT + vector);
            if (hasErrorCode(vector)) {
                code.op("add rsp, 8", 0x48, 0x83, 0xc4, 8);
            }
            code.op("iretq", 0x48, 0xcf);
        }
        return code;
    }

    /// Writes each of RCX words, at least one, back as it is; RSP points to their addresses.
    ///
    /// A hypervisor that shadows page tables follows the guest's stores to them, and forgets what
    /// it derived from an entry that is written (Linux `arch/x86/kvm/mmu/mmu.c`,
    /// `kvm_mmu_track_write`). So this is what makes it see entries that were changed from outside
    /// the guest.
    public static MachineCode rewriteEntries() {
        return new MachineCode()
                .label("next")
                .op("pop rdi", 0x5f)
                .op("or qword [rdi], 0", 0x48, 0x83, 0x0f, 0)
                .branch("loop", 0xe2, "next")
                .label("done")
                .op("out 0xf3, al", 0xe6, REWRITTEN_PORT)
                .branch("jmp", 0xeb, "done");
    }
}
