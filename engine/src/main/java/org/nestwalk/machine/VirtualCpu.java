package org.nestwalk.machine;

import java.util.Optional;
import org.nestwalk.mmu.count.MmuCounts;

/// One virtual CPU. Used by one thread at a time, but for [#kick].
///
/// Its program's data accesses have one result: every store writes a value derived from the number
/// of data accesses before it, every load is folded into a checksum ([Checksum] has both rules).
/// Both numbers are CPU state.
public interface VirtualCpu {
    /// 0 to the number of CPUs less one.
    int index();

    /// Its virtual machine.
    VirtualMachine vm();

    /// Performs the accesses of `accesses` from index `from` up to, not including, `to`, packed by
    /// [org.nestwalk.bits.Access], in user mode, until all are made ([VmExit.ProgramEnd]), it is
    /// kicked, or a part of the hypervisor stops it.
    ///
    /// @return the exit that ended it
    VmExit run(long[] accesses, int from, int to);

    /// The index of the first access that the last [#run] did not make.
    int position();

    /// The state that is saved to continue elsewhere.
    CpuState state();

    /// Replaces the state. Cached translations go.
    void restore(CpuState state);

    /// Replaces the program's part of the state, as a kernel does that switches between tasks;
    /// cached translations stay.
    ///
    /// @param cursor data accesses made so far by the program
    /// @param checksum of what it has loaded
    void setProgram(long cursor, long checksum);

    /// Makes [#run] return soon, from any thread; or the next one, if none is under way.
    void kick();

    /// The CPU as the guest's kernel uses it.
    KernelCpu kernel();

    /// The result of the hypercall that is being handled.
    void answer(long result);

    /// The cycles of exits and software on this CPU.
    Account account();

    /// Nanoseconds that it has run: its accesses, and the exits and exceptions that they caused. On
    /// the simulated machine these are cycles at the processor's frequency; on real hardware they
    /// are measured, and may be read while it runs.
    long nanoseconds();

    /// What its translation has counted, with [Capability#WALK_COUNTS].
    Optional<MmuCounts> walkCounts();
}
