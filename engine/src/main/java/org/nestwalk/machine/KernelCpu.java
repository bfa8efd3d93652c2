package org.nestwalk.machine;

import org.jspecify.annotations.Nullable;

/// A virtual CPU in kernel mode, as the guest's own kernel uses it. Accesses are by guest-physical
/// address, through a direct map whose own translation is not modelled; they go through the second
/// level like any of the guest's, with its exits, flags and costs.
public interface KernelCpu {
    /// The CPU.
    VirtualCpu cpu();

    /// Loads the word at `gpa`, a multiple of 8.
    ///
    /// @throws GuestFailure if that is beyond guest memory, or cannot be backed
    long load(long gpa);

    /// Stores a word at `gpa`, a multiple of 8. Tables are written this way.
    ///
    /// @throws GuestFailure as [#load]
    void store(long gpa, long value);

    /// Zeroes the 4-KiB pages of `bytes` from `gpa`: writes each.
    ///
    /// @throws GuestFailure as [#load]
    void zero(long gpa, long bytes);

    /// Stores the words of a 4-KiB page at `gpa`, a multiple of 4 KiB, that holds no table: writes
    /// it once.
    ///
    /// @throws GuestFailure as [#load]
    default void storePage(long gpa, long[] words) {
        for (int i = 0; i < words.length; i++) {
            store(gpa + (long) i * Long.BYTES, words[i]);
        }
    }

    /// Copies 4-KiB pages: reads and writes each.
    ///
    /// @throws GuestFailure as [#load]
    void copy(long from, long to, long bytes);

    /// The C-bit: what a kernel sets in table entries for pages that are to be encrypted (CPUID
    /// Fn8000_001F EBX bits 5:0). 0 if the virtual machine is not encrypted.
    default long encryptionBit() {
        return 0;
    }

    /// Validates the 4-KiB pages of `bytes` from `gpa` (PVALIDATE), where memory has owners; a
    /// kernel does so before it uses a page for the first time, and not again. What they hold is
    /// undefined.
    ///
    /// @throws GuestFailure as [#load]
    default void validate(long gpa, long bytes) {}

    /// Makes one access by linear address in supervisor mode, through the guest's tables: for
    /// kernels that touch user memory, and for those who study permissions. Faults enter the kernel
    /// and exits the hypervisor as a program's do. Loads and stores nothing.
    ///
    /// @param kind of [org.nestwalk.bits.Access]
    /// @throws GuestFailure if it cannot be made
    /// @throws UnhandledExit if an exit is not handled
    void access(int kind, long gva);

    /// Fetches the 8 bytes of code at linear address `gva`, a multiple of 8, in supervisor mode, as
    /// [#access] does.
    ///
    /// @throws GuestFailure as [#access]
    /// @throws UnhandledExit as [#access]
    default long fetchLinear(long gva) {
        throw new UnsupportedOperationException("this machine has no kernel by linear address");
    }

    /// Loads the word at linear address `gva`, a multiple of 8, as [#fetchLinear].
    default long loadLinear(long gva) {
        throw new UnsupportedOperationException("this machine has no kernel by linear address");
    }

    /// Stores a word at linear address `gva`, a multiple of 8, in supervisor mode, through the
    /// guest's tables, as the instruction at `rip` does. Faults enter the kernel and exits the
    /// hypervisor; [#storing] says what is being stored. On KVM, where the kernel does not run in
    /// the guest, its tables are walked by software, and no flags are set in them.
    ///
    /// @throws GuestFailure if the guest's tables refuse it, and its kernel does nothing about that
    /// @throws UnhandledExit if the hypervisor refuses it
    default void storeLinear(long rip, long gva, long value) {
        throw new UnsupportedOperationException("this machine has no kernel by linear address");
    }

    /// The store of this kernel that is being made, for those who are asked about its exit: a
    /// hypervisor finds RIP in its control structure and the value by decoding the instruction
    /// there. Null while it makes none.
    default @Nullable KernelStore storing() {
        return null;
    }

    /// MOV to CR3.
    ///
    /// @param cr3 root table and, in bits 11:0, PCID
    /// @param keep bit 63 of the value loaded: cached translations of the PCID stay
    void loadCr3(long cr3, boolean keep);

    /// CR3.
    long cr3();

    /// INVLPG: forgets the translations of the page of `gva` under the current PCID, and global
    /// ones.
    void invlpg(long gva);

    /// INVPCID type 0: forgets the translations of the page of `gva` under `pcid`.
    void invpcidAddress(int pcid, long gva);

    /// INVPCID type 1: forgets all translations of `pcid` but global ones.
    void invpcidContext(int pcid);

    /// VMCALL.
    ///
    /// @return the hypervisor's answer; [#NO_SUCH_CALL] if it knows no such call
    long hypercall(int number, long first, long second, long third);

    /// The answer to a hypercall that the hypervisor does not know (as Linux's KVM_ENOSYS).
    long NO_SUCH_CALL = -1000;

    /// Charges `cycles` of the kernel's own work to the CPU's account.
    void spend(Cost cost, long cycles);

    /// Interrupts CPU `index`, waits until it has run `work` in its kernel, and charges both sides:
    /// how a kernel invalidates other processors' translations.
    void interrupt(int index, KernelWork work);

    /// Work for the kernel on another CPU.
    @FunctionalInterface
    interface KernelWork {
        /// Does the work on `cpu`.
        void run(KernelCpu cpu);
    }
}
