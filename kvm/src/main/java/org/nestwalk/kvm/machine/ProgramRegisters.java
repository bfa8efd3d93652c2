package org.nestwalk.kvm.machine;

import static org.nestwalk.kvm.handle.GeneralRegisters.Name.R8;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.R9;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RBX;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RCX;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RFLAGS;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RIP;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RSI;

import org.nestwalk.kvm.handle.GeneralRegisters;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.machine.Checksum;

/// A program's state in a CPU's registers, as [org.nestwalk.kvm.code.ReplayLoop] has it there.
final class ProgramRegisters {
    private static final long RESERVED_FLAG = 2;

    /// The number whose product with [Checksum#STEP] is 1 modulo 2^64.
    private static final long INVERSE_STEP = inverse(Checksum.STEP);

    private final KvmVcpu vcpu;
    private final GeneralRegisters general;
    private final long window;
    private final long entry;

    /// @param window the linear address of the accesses
    /// @param entry the loop's
    ProgramRegisters(KvmVcpu vcpu, long window, long entry) {
        this.vcpu = vcpu;
        this.general = vcpu.general();
        this.window = window;
        this.entry = entry;
    }

    private static long inverse(long odd) {
        long inverse = odd;
        for (int i = 0; i < 5; i++) {
            // Newton's iteration doubles the number of correct bits, 3 at first.
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }

    /// To make the first `count` accesses of the window.
    void start(int count, long cursor, long checksum) {
        general.set(RSI, window);
        general.set(RCX, count);
        general.set(RBX, checksum);
        general.set(R8, Checksum.value(cursor));
        general.set(R9, Checksum.STEP);
        general.set(RIP, entry);
        general.set(RFLAGS, RESERVED_FLAG);
        vcpu.generalChanged();
    }

    /// To make the access that is under way, and no other.
    void stop() {
        general.set(RCX, 1);
        vcpu.generalChanged();
    }

    /// Whether more than the access that is under way are to be made.
    boolean hasMore() {
        return general.get(RCX) > 1;
    }

    /// How many accesses of the window have been made.
    int made() {
        return (int) ((general.get(RSI) - window) / Long.BYTES);
    }

    long checksum() {
        return general.get(RBX);
    }

    long cursor() {
        return general.get(R8) * INVERSE_STEP - 1;
    }
}
