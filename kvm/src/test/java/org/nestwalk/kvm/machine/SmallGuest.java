package org.nestwalk.kvm.machine;

import java.util.List;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.random.Xoshiro256;

/// A virtual machine with a kernel and one process, for random loads and stores.
final class SmallGuest implements AutoCloseable {
    static final long MEMORY = 8L << 20;
    static final long BASE = 0x4000_0000L;
    static final long AREA = 2L << 20;

    final VirtualMachine vm;
    final GuestKernel kernel;
    final Hypervisor hypervisor;
    final long area;

    SmallGuest(KvmMachine machine, String name, int cpus) {
        this(machine, name, cpus, AREA);
    }

    /// @param area bytes of its processes
    SmallGuest(KvmMachine machine, String name, int cpus, long area) {
        this.area = area;
        long memory = MEMORY - AREA + area;
        vm = machine.create(new VmSettings(name, memory, cpus, TranslationMode.NESTED));
        hypervisor = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        kernel =
                new GuestKernel(
                        vm, KernelSettings.of(PagePolicy.SMALL, SoftwareCosts.assumed(1000)));
    }

    /// A task that makes `accesses` once.
    Task start(int cpu, long... accesses) {
        int[] at = {0};
        return kernel.run(
                kernel.start(cpu, "random", List.of(new Vma(BASE, BASE + area, Vma.ALL))),
                block -> {
                    int count = Math.min(block.length, accesses.length - at[0]);
                    System.arraycopy(accesses, at[0], block, 0, count);
                    at[0] += count;
                    return count;
                },
                cpu);
    }

    /// Runs a CPU until it has nothing to do, or stops.
    Slice run(int cpu) {
        Slice slice;
        do {
            slice = kernel.slice(cpu, 1 << 20);
        } while (slice instanceof Slice.More);
        return slice;
    }

    /// Random loads and stores of the process's area.
    static long[] random(long seed, int count) {
        Xoshiro256 random = new Xoshiro256(seed);
        long[] accesses = new long[count];
        for (int i = 0; i < count; i++) {
            int kind = random.nextBelow(2) == 0 ? Access.LOAD : Access.STORE;
            accesses[i] = Access.pack(kind, BASE + random.nextBelow(AREA));
        }
        return accesses;
    }

    /// The checksum of such accesses.
    static long checksum(long... accesses) {
        return checksums(accesses)[accesses.length];
    }

    /// The checksum before each of such accesses, and after the last.
    static long[] checksums(long... accesses) {
        long[] words = new long[(int) (AREA / Long.BYTES)];
        long[] checksums = new long[accesses.length + 1];
        checksums[0] = Checksum.START;
        for (int i = 0; i < accesses.length; i++) {
            int word = (int) ((Access.address(accesses[i]) - BASE) / Long.BYTES);
            checksums[i + 1] = checksums[i];
            if (Access.isWrite(accesses[i])) {
                words[word] = Checksum.value(i);
            } else {
                checksums[i + 1] = Checksum.fold(checksums[i], words[word]);
            }
        }
        return checksums;
    }

    @Override
    public void close() {
        vm.close();
    }
}
