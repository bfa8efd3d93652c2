package org.nestwalk.hypervisor.dirty;

import java.util.List;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter.DirtyRateMethod;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter.Found;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// A dirty rate by tracking every page.
final class TrackedRate implements DirtyRateMethod {
    /// From the least expensive on.
    private static final List<DirtySource> PREFERRED =
            List.of(
                    DirtySource.LOG,
                    DirtySource.FLAGS,
                    DirtySource.HOST_BITMAP,
                    DirtySource.HOST_RING,
                    DirtySource.HOST_SCAN,
                    DirtySource.TRAPS);

    private final DirtyPages tracking;
    private PageSet before = new PageSet();

    /// @throws UnsupportedOperationException if the machine has no source
    TrackedRate(VirtualMachine vm) {
        DirtySource source =
                PREFERRED.stream()
                        .filter(vm.dirtySources()::contains)
                        .findFirst()
                        .orElseThrow(() ->
                                new UnsupportedOperationException(
                                        "this machine finds no written pages"));
        tracking = Splitting.LAZY.track(vm, source);
    }

    @Override
    public Found next() {
        PageSet found = new PageSet();
        tracking.collect(found);
        PageSet either = new PageSet();
        either.addAll(before);
        either.addAll(found);
        long again = before.size() + found.size() - either.size();
        before = found;
        return new Found(found.size(), again, null, found);
    }

    @Override
    public void close() {
        tracking.close();
    }
}
