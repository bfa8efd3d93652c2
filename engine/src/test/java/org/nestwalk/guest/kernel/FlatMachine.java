package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.GuestSoftware;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.FlatMemory;

/// A machine without a second level, for the guest's kernel alone: real walks of real tables, and
/// CPUs that cache translations until they are told not to.
final class FlatMachine implements VirtualMachine {
    final FlatMemory memory = new FlatMemory(0);
    final List<long[]> hypercalls = new ArrayList<>();
    final List<Long> validated = new ArrayList<>();
    private final VmSettings settings;
    private final List<VirtualCpu> cpus = new ArrayList<>();
    private @Nullable GuestSoftware software;

    FlatMachine(long bytes, int cpus) {
        settings = new VmSettings("flat", bytes, cpus, TranslationMode.NATIVE);
        for (int i = 0; i < cpus; i++) {
            this.cpus.add(new FlatCpu(this, i));
        }
    }

    GuestSoftware software() {
        if (software == null) {
            throw new IllegalStateException("no software for exceptions");
        }
        return software;
    }

    @Override
    public VmSettings settings() {
        return settings;
    }

    @Override
    public List<VirtualCpu> cpus() {
        return cpus;
    }

    @Override
    public void onException(GuestSoftware software) {
        this.software = software;
    }

    @Override
    public void exclusively(Runnable work) {
        work.run();
    }

    @Override
    public void close() {}

    @Override
    public void bringBackMemory() {}

    @Override
    public long generation() {
        return 1;
    }

    @Override
    public GuestMemory memory() {
        throw new UnsupportedOperationException("there is no hypervisor");
    }

    @Override
    public SecondLevelMap secondLevel() {
        throw new UnsupportedOperationException("there is no hypervisor");
    }

    @Override
    public void attach(ExitPart part) {}

    @Override
    public void detach(ExitPart part) {}

    @Override
    public RightsClaim claim(ExitPart owner) {
        throw new UnsupportedOperationException("there is no hypervisor");
    }

    @Override
    public Set<DirtySource> dirtySources() {
        return Set.of();
    }

    @Override
    public DirtyPages trackDirty(DirtySource source) {
        throw new UnsupportedOperationException("there is no hypervisor");
    }

    @Override
    public void observe(ExitObserver observer) {}

    @Override
    public Account background() {
        return new Account();
    }
}
