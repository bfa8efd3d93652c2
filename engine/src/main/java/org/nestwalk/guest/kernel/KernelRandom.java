package org.nestwalk.guest.kernel;

import org.nestwalk.random.SplitMix64;

/// The random numbers of a guest's kernel. A kernel that goes on in another virtual machine, as a
/// clone does, has others from then on, for what it had could be foretold by all that were made of
/// the same.
final class KernelRandom {
    private long state;

    /// @param generation of the virtual machine
    KernelRandom(long generation) {
        state = SplitMix64.mix(generation);
    }

    /// Any 64 bits.
    long next() {
        state += SplitMix64.GOLDEN_GAMMA;
        return SplitMix64.mix(state);
    }

    long save() {
        return state;
    }

    /// Goes on from what was saved, in a virtual machine of `generation`, which is another one's.
    void restore(long saved, long generation) {
        state = SplitMix64.hash(saved, generation);
    }
}
