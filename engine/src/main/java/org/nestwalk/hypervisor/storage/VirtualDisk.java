package org.nestwalk.hypervisor.storage;

import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.storage.FileStore;

/// A guest's disk: each read is a request that leaves the guest, and is served from the host's
/// files, through its page cache or past it. What is read from a cache is copied to the guest's
/// memory; what comes from a disk is written there by the disk. Writes go out without an exit, as
/// those of a write-back cache gather in its queue.
public final class VirtualDisk implements FileStore, Hypervisor.HypercallService {
    private final VirtualMachine vm;
    private final FileStore host;
    private final long copyCycles;
    private long[][] arrived = {};
    private long requests;

    /// A disk of `vm` on files of its host. Its hypervisor has to serve [Hypercalls#READ_DISK] by
    /// it.
    ///
    /// @param copyCycles that the host's copy of a page takes; 0 if there is none
    public VirtualDisk(VirtualMachine vm, FileStore host, long copyCycles) {
        this.vm = vm;
        this.host = host;
        this.copyCycles = copyCycles;
    }

    @Override
    public long pages(int file) {
        return host.pages(file);
    }

    @Override
    public void read(int file, long first, int count, PageReceiver into) {
        requireInside(file, first, count);
        long answer =
                vm.cpus().getFirst().kernel().hypercall(Hypercalls.READ_DISK, file, first, count);
        if (answer != count) {
            throw new IllegalStateException("the disk answers a request by " + answer);
        }
        for (int i = 0; i < count; i++) {
            into.page(first + i, arrived[i]);
        }
    }

    @Override
    public long answer(VirtualCpu cpu, long first, long second, long third) {
        requests++;
        if (first != (int) first
                || third < 1
                || third > Integer.MAX_VALUE
                || second < 0
                || second > host.pages((int) first) - third) {
            return Hypercalls.INVALID;
        }
        int count = (int) third;
        if (arrived.length < count) {
            arrived = new long[count][PAGE_WORDS];
        }
        host.read(
                (int) first,
                second,
                count,
                (page, words) ->
                        System.arraycopy(words, 0, arrived[(int) (page - second)], 0, PAGE_WORDS));
        cpu.account().spend(Cost.HOST_COPYING, count * copyCycles);
        return count;
    }

    @Override
    public void write(int file, long page, long[] words) {
        host.write(file, page, words);
    }

    @Override
    public void resize(int file, long pages) {
        host.resize(file, pages);
    }

    @Override
    public void sync() {
        host.sync();
    }

    /// Requests that left the guest.
    public long requests() {
        return requests;
    }
}
