package org.nestwalk.lab.setup;

import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.AddressSpace;
import org.nestwalk.mmu.Mmu;

/// One way of translating, ready to run: tables in memory, the software that fills them, and a
/// processor to walk them.
public interface Setup extends AddressSpace {
    /// The processor.
    Mmu mmu();

    /// Host-physical memory, as far as it holds tables; all else reads as zero.
    PhysicalMemory tableMemory();

    /// Bytes of all tables that translation needs, those of the guest included.
    long pageTableBytes();

    /// VM exits that maintaining the tables has cost so far; 0 where it needs none.
    default long exits() {
        return 0;
    }
}
