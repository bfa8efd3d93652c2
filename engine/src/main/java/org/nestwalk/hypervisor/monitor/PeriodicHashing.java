package org.nestwalk.hypervisor.monitor;

import org.nestwalk.machine.VirtualMachine;

/// Reads all code every period, whoever may have written it: devices, too. Nothing is seen that is
/// put right again before (HyperSentry, CCS 2010, measures 35 ms for each look).
public final class PeriodicHashing extends CodeMonitor {
    /// A monitor that looks whenever it is [told][#tick].
    public PeriodicHashing(VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
        super(vm, files, listener);
    }

    @Override
    protected void guard(long gpa, long bytes) {}

    @Override
    protected void release(long gpa, long bytes) {}

    @Override
    public void tick() {
        guarded()
                .set()
                .forEach(page -> {
                    boolean _ = check(page);
                });
    }
}
