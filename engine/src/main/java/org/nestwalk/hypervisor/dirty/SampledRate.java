package org.nestwalk.hypervisor.dirty;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter.DirtyRateMethod;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter.Found;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// A dirty rate estimated from a sample of pages, whose contents are hashed at the beginning of
/// each period and at its end (QEMU, `migration/dirtyrate.c`). Pages are chosen anew for each
/// period.
final class SampledRate implements DirtyRateMethod {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int PAGES_PER_GIB = 512;
    private static final int LEAST = 64;

    private final VirtualMachine vm;
    private final long total;
    private final Xoshiro256 random;
    private final long[] pages;
    private final long[] hashes;
    private final long[] words = new long[GuestMemory.PAGE_WORDS];

    SampledRate(VirtualMachine vm, long seed) {
        this.vm = vm;
        this.total = vm.settings().memoryBytes() / PAGE;
        this.random = new Xoshiro256(seed);
        long share = vm.settings().memoryBytes() * PAGES_PER_GIB >> 30;
        int count = (int) Math.min(total, Math.max(LEAST, share));
        this.pages = new long[count];
        this.hashes = new long[count];
        choose();
    }

    private void choose() {
        for (int i = 0; i < pages.length; i++) {
            pages[i] = random.nextBelow(total) * PAGE;
            hashes[i] = hash(pages[i]);
        }
        vm.scanned(0, pages.length);
    }

    private long hash(long gpa) {
        vm.memory().readPage(gpa, words);
        long hash = 0;
        for (long word : words) {
            hash = SplitMix64.hash(hash, word);
        }
        return hash;
    }

    @Override
    public Found next() {
        int changed = 0;
        for (int i = 0; i < pages.length; i++) {
            changed += hash(pages[i]) == hashes[i] ? 0 : 1;
        }
        vm.scanned(0, pages.length);
        choose();
        double part = (double) changed / pages.length;
        return new Found(
                Math.round(part * total),
                null,
                total * Math.sqrt(part * (1 - part) / pages.length),
                null);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
