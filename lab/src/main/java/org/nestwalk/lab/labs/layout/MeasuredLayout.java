package org.nestwalk.lab.labs.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.layout.RandomOrder;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Guests on KVM, whose memory is backed in order or at random, and moved while it is used.
final class MeasuredLayout {
    /// The processor whose sets above the page offset are looked at: the low five bits of them are
    /// the same for all slices of 2,048 sets.
    private static final String PROCESSOR = "skylake-sp";

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int WORDS = 512;

    private MeasuredLayout() {}

    static LayoutResult run(Laboratory laboratory, long bytes, int layouts, long seed) {
        List<Placement> placements = new ArrayList<>();
        List<Boolean> kept =
                laboratory.inOrder(
                        List.of(
                                (Meter meter) -> one("in order", null, bytes, 1, placements, meter),
                                (Meter meter) ->
                                        one(
                                                "random order",
                                                new RandomOrder(seed),
                                                bytes,
                                                layouts,
                                                placements,
                                                meter)));
        boolean unknown = placements.stream().allMatch(one -> one.setBits() == 0);
        return new LayoutResult(
                null,
                MappedGuest.memoryFor(ScatteredGuest.BASE, bytes) / PAGE,
                0,
                0,
                0,
                unknown
                        ? "frames: the host's page map says no physical addresses to this process,"
                                + " which takes CAP_SYS_ADMIN"
                        : null,
                unknown ? List.of() : placements,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                kept.stream().allMatch(Boolean::booleanValue));
    }

    private static boolean one(
            String name,
            @Nullable RandomOrder order,
            long bytes,
            int layouts,
            List<Placement> placements,
            Meter meter) {
        BackingPolicy backing = order == null ? new Eager(PageSize.SIZE_4K) : order;
        try (KvmMachine machine = machine()) {
            MappedGuest guest = guest(machine, bytes, backing);
            PlaceStatistics statistics =
                    new PlaceStatistics(SharedCache.of(Machines.named(PROCESSOR).model()));
            boolean kept = true;
            boolean known = true;
            for (int i = 0; i < layouts; i++) {
                long[] places = places(guest.vm());
                known &= Arrays.stream(places).anyMatch(place -> place != -1);
                statistics.add(places);
                kept &= order == null || keeps(guest, order, bytes);
                boolean _ = meter.add(places.length);
            }
            Placement found = statistics.result(name, 0, 0);
            placements.add(known ? found : nothing(name));
            return kept;
        }
    }

    private static KvmMachine machine() {
        return KvmMachine.open(
                new KvmSettings(
                        KvmSettings.Backing.ANONYMOUS, false, false, KvmSettings.Dirty.NONE));
    }

    private static MappedGuest guest(KvmMachine machine, long bytes, BackingPolicy backing) {
        return new MappedGuest(machine, 1, ScatteredGuest.BASE, bytes, PageSize.SIZE_4K, backing);
    }

    /// Of `moves` of all memory of one guest, those after which it loads what it had stored.
    static int kept(long bytes, int moves, long seed) {
        RandomOrder order = new RandomOrder(seed);
        try (KvmMachine machine = machine()) {
            MappedGuest guest = guest(machine, bytes, order);
            int kept = 0;
            for (int i = 0; i < moves; i++) {
                kept += keeps(guest, order, bytes) ? 1 : 0;
            }
            return kept;
        }
    }

    private static Placement nothing(String name) {
        return new Placement(name, 0, 0, 0, 0, 0, 0, 0, 1, 0);
    }

    private static long[] places(VirtualMachine vm) {
        long[] places = new long[(int) (vm.settings().memoryBytes() / PAGE)];
        for (int i = 0; i < places.length; i++) {
            places[i] = vm.secondLevel().hostAddress(i * PAGE);
        }
        return places;
    }

    /// Stores, moves everything, and loads. Returns whether what was stored is found.
    private static boolean keeps(MappedGuest guest, RandomOrder order, long bytes) {
        VirtualCpu cpu = guest.vm().cpus().getFirst();
        long[] stores = new long[WORDS];
        long[] loads = new long[WORDS];
        CpuState before = cpu.state();
        long checksum = before.checksum();
        for (int i = 0; i < WORDS; i++) {
            long address = ScatteredGuest.BASE + bytes / WORDS * i + i % 64 * 8L;
            stores[i] = Access.pack(Access.STORE, address);
            loads[i] = Access.pack(Access.LOAD, address);
            checksum = Checksum.fold(checksum, Checksum.value(before.cursor() + i));
        }
        requireEnd(cpu.run(stores, 0, WORDS));
        long _ = order.rerandomise(guest.dataStart());
        requireEnd(cpu.run(loads, 0, WORDS));
        return cpu.state().checksum() == checksum;
    }

    private static void requireEnd(VmExit end) {
        if (!(end instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("the guest ended with " + end);
        }
    }
}
