package org.nestwalk.lab.setup;

import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.SecondLevel;

/// TLBs alone, as simulators of TLBs have them: paging is off, so that a miss is filled with the
/// page's own address (Intel SDM volume 3A, section 4.1.1), which takes no walk and no time.
final class TlbSetup implements Setup {
    private final FlatMemory memory;
    private final Mmu mmu;

    TlbSetup(SetupContext context) {
        this.memory = context.newTableMemory();
        this.mmu = context.withoutPaging().newMmu(memory, 0, SecondLevel.NONE, 0, this);
    }

    @Override
    public void touch(long gva, int type) {
        // There is nothing to map.
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public PhysicalMemory tableMemory() {
        return memory;
    }

    @Override
    public long pageTableBytes() {
        return 0;
    }
}
