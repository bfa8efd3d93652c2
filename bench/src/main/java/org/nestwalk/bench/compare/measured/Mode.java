package org.nestwalk.bench.compare.measured;

import org.nestwalk.bench.Streams;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;

/// What is simulated: the modes of `yardstick/roofline.cc` that have a target.
public enum Mode {
    /// Two levels of TLB; a miss is filled with the identity, for there are no tables.
    TLBS(0, "TLBs only"),
    /// TLBs, nested walks and the guest's paging-structure caches, over a flat memory.
    WALKS(2, "TLBs, nested walks"),
    /// The same, with every reference of a walk through three levels of cache.
    CACHES(4, "the same through caches");

    private static final ProcessorModel MACHINE = Machines.named("yardstick").model();

    private final int number;
    private final String title;

    Mode(int number, String title) {
        this.number = number;
        this.title = title;
    }

    /// What the yardstick calls it.
    public int number() {
        return number;
    }

    /// A few words for people.
    public String title() {
        return title;
    }

    /// A processor of this mode, with nothing mapped yet.
    Mmu processor() {
        return switch (this) {
            case TLBS -> withoutPaging();
            case WALKS -> Streams.processor(MACHINE, "nested:4K/4K");
            case CACHES -> Streams.processor(Variation.withCaches(MACHINE), "nested:4K/4K");
        };
    }

    /// A processor of this mode in a guest whose tables lie where the yardstick's do.
    Mmu processorOnYardstickTables(long[] accesses) {
        return switch (this) {
            case TLBS -> withoutPaging();
            case WALKS -> YardstickGuest.processor(MACHINE, accesses);
            case CACHES -> YardstickGuest.processor(Variation.withCaches(MACHINE), accesses);
        };
    }

    private static Mmu withoutPaging() {
        GuestRegisters pagingOff =
                new GuestRegisters(
                        ControlRegisters.CR0_PE, 0, 0, 0, 0, 0, GuestRegisters.PAT_AFTER_RESET);
        return new Mmu(
                MACHINE,
                new FlatMemory(0),
                pagingOff,
                PagingFeatures.ALL,
                SecondLevel.NONE,
                (gva, type) -> {},
                null,
                1);
    }
}
