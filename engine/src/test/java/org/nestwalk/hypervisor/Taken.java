package org.nestwalk.hypervisor;

import java.util.ArrayDeque;
import java.util.Deque;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.HostMemory;

/// What a test takes out of a host's free memory, to be given back before the last check.
public final class Taken {
    private record Block(long hpa, PageSize size) {}

    private final HostMemory host;
    private final Deque<Block> blocks = new ArrayDeque<>();

    /// Nothing yet of `host`.
    public Taken(HostMemory host) {
        this.host = host;
    }

    /// Takes a block, if there is one.
    public boolean take(PageSize size) {
        long hpa = host.reserve(size);
        if (hpa != -1) {
            blocks.push(new Block(hpa, size));
        }
        return hpa != -1;
    }

    /// Takes all free blocks of a size.
    public void takeAll(PageSize size) {
        while (take(size)) {
            // On to the next.
        }
    }

    /// Takes all but `frames` frames of one 2-MiB block.
    public void leave(int frames) {
        takeAll(PageSize.SIZE_2M);
        Block last = blocks.pop();
        takeAll(PageSize.SIZE_4K);
        host.release(last.hpa, PageSize.SIZE_2M);
        for (int i = frames; i < 512; i++) {
            take(PageSize.SIZE_4K);
        }
    }

    /// Gives the block taken last back.
    public void giveLast() {
        Block block = blocks.pop();
        host.release(block.hpa, block.size);
    }

    /// Gives everything back.
    public void giveAll() {
        while (!blocks.isEmpty()) {
            giveLast();
        }
    }
}
