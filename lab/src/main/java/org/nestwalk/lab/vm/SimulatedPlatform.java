package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.hypervisor.HostKhugepaged;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.LargePageHints;
import org.nestwalk.hypervisor.prefetch.PrefetchSettings;
import org.nestwalk.hypervisor.prefetch.Prefetcher;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// The simulated machine.
final class SimulatedPlatform implements Platform {
    private static final long UNIT = 4L << 20;
    private static final Mark NOTHING = new Mark(new MmuCounts(), new Account(), null);

    private final VmOptions options;
    private final ProcessorModel model;
    private final SimulatedMachine machine;
    private final VirtualMachine vm;
    private final List<BackgroundWork> background = new ArrayList<>();
    private final @Nullable LargePageHints hints;
    private final @Nullable HostKhugepaged khugepaged;
    private final double unusableBefore;
    private Mark start = NOTHING;

    /// What there was when counting began.
    private record Mark(MmuCounts walks, Account background, VmResult.@Nullable Host host) {}

    SimulatedPlatform(VmOptions options, ProcessorModel model) {
        this.options = options;
        this.model = model;
        HostOptions host = options.host();
        boolean isNative = host.isNative();
        this.machine =
                new SimulatedMachine(
                        new SimulatedSettings(
                                model,
                                isNative
                                        ? roundUp(options.guest().memoryBytes())
                                        : host.memoryBytes(),
                                Topology.ONE_NODE,
                                isNative ? Fragmentation.NONE : host.fragmentation(),
                                VmRun.LEVELS,
                                VmRun.LEVELS,
                                SoftwareCosts.assumed(model.costs().exitCycles()),
                                options.run().contents(),
                                options.run().seed(),
                                options.encryption().memory()));
        this.unusableBefore = machine.host().unusableIndex(PageSize.SIZE_2M);
        this.vm = machine.create(options.settings());
        this.hints = options.guest().hint() ? newHints() : null;
        this.khugepaged = host.collapses() ? newKhugepaged() : null;
        if (!isNative) {
            Hypervisor hypervisor =
                    Hypervisor.start(vm, hints == null ? host.backing().policy() : hints);
            if (hints != null) {
                hypervisor.serve(Hypercalls.HINT_LARGE_PAGES, hints);
            }
            Prefetcher prefetcher = newPrefetcher();
            background.add(prefetcher);
            hypervisor.serve(Hypercalls.PREFETCH_PAGES, prefetcher);
        }
    }

    private static long roundUp(long bytes) {
        return bytes + UNIT - 1 & -UNIT;
    }

    private LargePageHints newHints() {
        HostOptions host = options.host();
        LargePageHints made =
                new LargePageHints(vm, machine.host(), host.hints(), host.backing().policy());
        background.add(made);
        return made;
    }

    private Prefetcher newPrefetcher() {
        double cycles = costs().mapping() + costs().zeroing();
        return new Prefetcher(
                vm,
                machine.host(),
                PrefetchSettings.DEFAULT,
                (long) Math.ceil(cycles / frequencyGHz()));
    }

    private HostKhugepaged newKhugepaged() {
        HostKhugepaged made = new HostKhugepaged(vm, machine.host(), options.host().scanning());
        background.add(made);
        return made;
    }

    @Override
    public VirtualMachine vm() {
        return vm;
    }

    @Override
    public SoftwareCosts costs() {
        return machine.settings().costs();
    }

    @Override
    public List<BackgroundWork> background() {
        return background;
    }

    @Override
    public double frequencyGHz() {
        return model.costs().frequencyGHz();
    }

    @Override
    public long spacing(OptionalLong total) {
        return 1;
    }

    @Override
    public void ready(GuestKernel kernel) {
        if (options.host().isNative()) {
            options.host().fragmentation().impose(kernel.allocator(), options.run().seed());
        }
    }

    @Override
    public void countingBegins() {
        Account spent = new Account();
        spent.add(vm.background());
        start = new Mark(walks(), spent, host());
    }

    private MmuCounts walks() {
        MmuCounts walks = new MmuCounts();
        for (VirtualCpu cpu : vm.cpus()) {
            walks.add(cpu.walkCounts().orElseThrow());
        }
        return walks;
    }

    private VmResult.@Nullable Host host() {
        if (options.host().isNative()) {
            return null;
        }
        return new VmResult.Host(
                vm.secondLevel().backedBytes(PageSize.SIZE_4K),
                vm.secondLevel().backedBytes(PageSize.SIZE_2M),
                unusableBefore,
                machine.host().unusableIndex(PageSize.SIZE_2M),
                khugepaged == null ? 0 : khugepaged.collapsed(),
                hints == null ? 0 : hints.kept(),
                hints == null ? 0 : hints.backedAtOnce(),
                hints == null ? 0 : hints.refused(),
                machine.pagesMoved());
    }

    @Override
    public VmResult.Simulated simulated() {
        MmuCounts walks = walks().since(start.walks);
        VmResult.Host host = host();
        return new VmResult.Simulated(
                model.name(),
                costs(),
                walks,
                walks.accesses() * model.costs().accessCycles(),
                vm.background().since(start.background),
                host == null || start.host == null ? host : host.since(start.host));
    }

    @Override
    public void verify() {
        machine.checkInvariants();
        if (hints != null) {
            hints.withdraw();
        }
        machine.closeAndVerify();
    }

    @Override
    public void close() {
        machine.close();
    }
}
