package org.nestwalk.hypervisor.monitor;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;

/// Write protection that leaves the data of mixed pages alone: the parts of 128 bytes in which
/// there is no code may be written without an exit.
public final class SubPageProtection extends WriteProtection {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    /// As [WriteProtection].
    public SubPageProtection(
            VirtualMachine vm, CodeFiles files, Alarm.Listener listener, Verdict allowed) {
        super(vm, files, listener, allowed);
    }

    @Override
    protected void guard(long gpa, long bytes) {
        super.guard(gpa, bytes);
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            int parts = guarded().dataSubPages(page);
            if (parts != 0) {
                claim().allowParts(page, parts);
            }
        }
    }
}
