package org.nestwalk.kvm.machine;

import org.nestwalk.kvm.sys.MappedMemory;

/// What freezing and forking do with layers, step by step. Tests put faults in their place, each of
/// which has to be noticed.
class ForkSteps {
    /// What `memory` holds now, as layers that are the caller's to close.
    Layers freeze(ForkableMemory memory) {
        return memory.freeze();
    }

    /// The mapping of `frozen` that the memory frozen to it goes on with.
    MappedMemory goOn(ForkableMemory memory, Layers frozen) {
        return memory.map(frozen);
    }

    /// The memory of a child of `frozen`.
    ForkableMemory inherit(long bytes, Layers frozen) {
        return ForkableMemory.of(bytes, frozen, frozen.map());
    }

    /// Nobody forks `frozen` any more.
    void release(Layers frozen) {
        frozen.close();
    }
}
