package org.nestwalk.lab.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.prefetch.PrefetchSettings;
import org.nestwalk.hypervisor.prefetch.Prefetcher;
import org.nestwalk.kvm.machine.HostNodes;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.kvm.sys.Threads;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualMachine;

/// This host's KVM.
final class KvmPlatform implements Platform {
    private static final long MOMENTS = 48;
    private static final long SPACING = 10_000_000;
    private static final double GIGA = 1e9;
    private static final String UNKNOWN = "unknown";

    private final OptionalInt node;
    private final BitSet allowed;
    private final BitSet processors;
    private final KvmMachine machine;
    private final VirtualMachine vm;
    private final Prefetcher prefetcher;

    /// @param wanted node of the host to bind memory and threads to; if empty, and it has several,
    ///   the first that this process may run on and that has the memory, if there is one
    KvmPlatform(VmOptions options, OptionalInt wanted) {
        long bytes = options.guest().memoryBytes();
        HostNodes nodes = HostNodes.running();
        allowed = Threads.processors();
        node = wanted.isPresent() ? wanted : nodes.choose(allowed, bytes);
        processors = node.isPresent() ? nodes.check(node.getAsInt(), allowed, bytes) : allowed;
        machine =
                KvmMachine.open(
                        new KvmSettings(
                                KvmSettings.Backing.ANONYMOUS,
                                options.host().backing().isLarge(),
                                false,
                                dirty(options.run().dirtyRate())));
        try {
            node.ifPresent(machine::bindTo);
            vm = machine.create(options.settings());
            prefetcher = new Prefetcher(vm, null, PrefetchSettings.DEFAULT, 1);
            Hypervisor.start(vm, options.host().backing().policy())
                    .serve(Hypercalls.PREFETCH_PAGES, prefetcher);
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    private static KvmSettings.Dirty dirty(@Nullable DirtyRateOptions meter) {
        return meter == null || meter.sampled() ? KvmSettings.Dirty.NONE : KvmSettings.Dirty.BITMAP;
    }

    @Override
    public VirtualMachine vm() {
        return vm;
    }

    @Override
    public SoftwareCosts costs() {
        return SoftwareCosts.NONE;
    }

    @Override
    public List<BackgroundWork> background() {
        return List.of(prefetcher);
    }

    @Override
    public double frequencyGHz() {
        return machine.frequency() / GIGA;
    }

    /// Looking at all of memory takes a while.
    @Override
    public long spacing(OptionalLong total) {
        return total.orElse(MOMENTS * SPACING) / MOMENTS + 1;
    }

    /// Threads that this one starts may run where it may.
    @Override
    public <T> T inPlace(Supplier<T> work) {
        Threads.runOn(processors);
        try {
            return work.get();
        } finally {
            Threads.runOn(allowed);
        }
    }

    @Override
    public VmResult.Measured measured() {
        return new VmResult.Measured(
                node.isPresent() ? (Integer) node.getAsInt() : null,
                processor(),
                System.getProperty("os.version", UNKNOWN));
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
