package org.nestwalk.guest.kernel;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.placement.VisibleNodes;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.Models;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;

/// The machines on which the kernel is tested.
enum Machines {
    /// [FlatMachine].
    FLAT(null),
    /// The simulated machine, with nested paging and first-touch backing by 2-MiB pages.
    NESTED(TranslationMode.NESTED),
    /// The same with shadow paging, and backing by 4-KiB pages.
    SHADOW(TranslationMode.SHADOW),
    /// The simulated machine without a hypervisor.
    NATIVE(TranslationMode.NATIVE),
    /// As [#NESTED] on two nodes, on which CPUs take turns; the guest sees them, and keeps a copy
    /// of its tables on each.
    NODES(TranslationMode.NESTED);

    private static final int MOST_NODES = 2;

    private final @Nullable TranslationMode mode;

    Machines(@Nullable TranslationMode mode) {
        this.mode = mode;
    }

    /// A virtual machine, and what checks that nothing is left of it when it has been closed.
    record Made(VirtualMachine vm, Runnable verify) {}

    /// A virtual machine with `bytes` of memory.
    Made create(long bytes, int cpus) {
        if (mode == null) {
            return new Made(new FlatMachine(bytes, cpus), () -> {});
        }
        SimulatedSettings settings = SimulatedSettings.of(model(), bytes + (64 << 20));
        if (this == NODES) {
            settings =
                    SimulatedSettings.of(model(), 2 * (bytes + (64 << 20)))
                            .withTopology(Topology.of(MOST_NODES, 1.5));
        }
        SimulatedMachine machine = new SimulatedMachine(settings);
        VirtualMachine vm = machine.create(new VmSettings("vm", bytes, cpus, mode));
        if (this == NODES) {
            placeCpus(vm);
            var _ = Hypervisor.start(vm, new VisibleNodes(nodes(cpus), PageSize.SIZE_2M));
        } else if (mode != TranslationMode.NATIVE) {
            PageSize largest = mode == TranslationMode.NESTED ? PageSize.SIZE_2M : PageSize.SIZE_4K;
            var _ = Hypervisor.start(vm, new FirstTouch(largest));
        }
        return new Made(vm, machine::closeAndVerify);
    }

    private static void placeCpus(VirtualMachine vm) {
        NodePlacement placement = vm.placement().orElseThrow();
        vm.exclusively(() -> {
            for (int cpu = 0; cpu < vm.settings().cpus(); cpu++) {
                placement.moveCpu(cpu, cpu % MOST_NODES);
            }
        });
    }

    private static int nodes(int cpus) {
        return Math.min(MOST_NODES, cpus);
    }

    /// The kernel's settings as they fit the machine.
    KernelSettings adapted(KernelSettings settings, int cpus) {
        return this == NODES
                ? settings.with(
                        NumaSettings.visible(
                                        IntStream.range(0, cpus)
                                                .mapToObj(cpu -> cpu % MOST_NODES)
                                                .toList())
                                .withTableCopies())
                : settings;
    }

    static ProcessorModel model() {
        return Models.of(
                new TranslationModel(
                        SecondLevelFormat.EPT_AD,
                        List.of(
                                tlb("L1D", Serves.DATA, lru(16, 4), 0),
                                tlb("L1I", Serves.INSTRUCTION, lru(16, 4), 0)),
                        List.of(tlb("L2", Serves.BOTH, lru(256, 4), 7)),
                        new WalkCacheModel(structureCaches(), structureCaches(), lru(16, 4), 1, 3),
                        1),
                new MemoryModel(List.of(new CacheModel("L1", lru(64, 4), 4)), 100, false),
                new CostModel(1, 0, 50, 1500));
    }

    private static TlbModel tlb(String name, Serves serves, Geometry geometry, int cycles) {
        return new TlbModel(name, serves, EnumSet.allOf(PageSize.class), geometry, cycles);
    }

    private static List<StructureCacheModel> structureCaches() {
        return List.of(
                new StructureCacheModel(2, lru(16, 4)),
                new StructureCacheModel(3, lru(4, 4)),
                new StructureCacheModel(4, lru(2, 2)));
    }

    private static Geometry lru(int entries, int ways) {
        return new Geometry(entries, ways, Replacement.LRU);
    }
}
