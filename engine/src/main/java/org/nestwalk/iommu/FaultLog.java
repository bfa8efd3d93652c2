package org.nestwalk.iommu;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The fault recording registers of a unit: as many faults as there are registers are kept until
/// software takes them; what comes then is lost, and that is kept (PFO), until software has taken
/// all and cleared it. Source: VT-d specification, section 7.2.1.
public final class FaultLog {
    private final int registers;
    private final Deque<Fault> records = new ArrayDeque<>();
    private boolean overflown;
    private long seen;

    /// A fault.
    ///
    /// @param reason why
    /// @param source bus, device and function of who asked, 16 bits
    /// @param pasid of the request, or [RemappingUnit#NO_PASID]
    /// @param address of the request's page
    /// @param write whether it wanted to write
    public record Fault(FaultReason reason, int source, int pasid, long address, boolean write) {
        @Override
        public String toString() {
            return "device %02x:%02x.%d, %s of 0x%x: %s (reason 0x%x)"
                    .formatted(
                            source >>> 8,
                            source >>> 3 & 31,
                            source & 7,
                            write ? "write" : "read",
                            address,
                            reason.label(),
                            reason.code());
        }
    }

    /// Empty registers.
    FaultLog(int registers) {
        this.registers = registers;
    }

    void record(Fault fault) {
        seen++;
        if (overflown || records.size() == registers) {
            overflown = true;
            return;
        }
        records.add(fault);
    }

    /// Takes the oldest fault, whose register is free then; null if there is none.
    public @Nullable Fault take() {
        return records.poll();
    }

    /// Whether faults were lost (PFO).
    public boolean isOverflown() {
        return overflown;
    }

    /// Clears that: faults are recorded again.
    public void clearOverflow() {
        overflown = false;
    }

    /// Faults that there have been, lost ones too.
    public long seen() {
        return seen;
    }
}
