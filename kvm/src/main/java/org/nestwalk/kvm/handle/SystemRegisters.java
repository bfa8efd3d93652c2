package org.nestwalk.kvm.handle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// `struct kvm_sregs`: segments, descriptor tables and control registers.
///
/// ```text
/// struct kvm_segment: 24 bytes
///  0        8       12         14    15       16  17  18 19 20 21 22   23
/// +--------+-------+----------+------+---------+---+---+--+--+--+--+----+----+
/// | base   | limit | selector | type | present |dpl| db| s| l| g|avl|unus|pad |
/// +--------+-------+----------+------+---------+---+---+--+--+--+--+----+----+
/// ```
public final class SystemRegisters {
    static final int BYTES = 312;

    private static final int CS = 0;
    private static final int DS = 24;
    private static final int ES = 48;
    private static final int FS = 72;
    private static final int GS = 96;
    private static final int SS = 120;
    private static final int TR = 144;
    private static final int LDT = 168;
    private static final int GDT = 192;
    private static final int IDT = 208;
    private static final int CR0 = 224;
    private static final int CR2 = 232;
    private static final int CR3 = 240;
    private static final int CR4 = 248;
    private static final int EFER = 264;

    private static final int CODE = 11;
    private static final int DATA = 3;
    private static final int TASK_STATE = 11;

    private final MemorySegment segment;

    SystemRegisters(MemorySegment segment) {
        this.segment = segment;
    }

    MemorySegment segment() {
        return segment;
    }

    /// Sets code and stack segments for 64-bit code in user mode.
    ///
    /// @param code selector
    /// @param data selector
    public void setUserSegments(int code, int data) {
        segment(CS, 0, -1, code, CODE, 3, true, true);
        for (int at : new int[] {DS, ES, FS, GS, SS}) {
            segment(at, 0, -1, data, DATA, 3, true, false);
        }
    }

    /// Sets the task register and leaves the local descriptor table unusable.
    public void setTask(long base, int limit, int selector) {
        segment(TR, base, limit, selector, TASK_STATE, 0, false, false);
        segment.set(ValueLayout.JAVA_BYTE, TR + 21, (byte) 0);
        segment.asSlice(LDT, 24).fill((byte) 0);
        segment.set(ValueLayout.JAVA_BYTE, LDT + 23 - 1, (byte) 1);
    }

    /// Sets code and stack segments for 64-bit code in kernel mode.
    ///
    /// @param code selector
    /// @param data selector
    public void setKernelSegments(int code, int data) {
        segment(CS, 0, -1, code, CODE, 0, true, true);
        segment(SS, 0, -1, data, DATA, 0, true, false);
    }

    private void segment(
            int at,
            long base,
            int limit,
            int selector,
            int type,
            int level,
            boolean codeOrData,
            boolean code) {
        segment.set(ValueLayout.JAVA_LONG, at, base);
        segment.set(ValueLayout.JAVA_INT, at + 8, limit);
        segment.set(ValueLayout.JAVA_SHORT, at + 12, (short) selector);
        segment.set(ValueLayout.JAVA_BYTE, at + 14, (byte) type);
        segment.set(ValueLayout.JAVA_BYTE, at + 15, (byte) 1);
        segment.set(ValueLayout.JAVA_BYTE, at + 16, (byte) level);
        segment.set(ValueLayout.JAVA_BYTE, at + 17, (byte) (codeOrData && !code ? 1 : 0));
        segment.set(ValueLayout.JAVA_BYTE, at + 18, (byte) (codeOrData ? 1 : 0));
        segment.set(ValueLayout.JAVA_BYTE, at + 19, (byte) (code ? 1 : 0));
        segment.set(ValueLayout.JAVA_BYTE, at + 20, (byte) 1);
        segment.set(ValueLayout.JAVA_BYTE, at + 21, (byte) 0);
        segment.set(ValueLayout.JAVA_BYTE, at + 22, (byte) 0);
        if (!codeOrData) {
            segment.set(ValueLayout.JAVA_BYTE, at + 20, (byte) 0);
        }
    }

    /// Sets the global descriptor table.
    public void setGdt(long base, int limit) {
        table(GDT, base, limit);
    }

    /// Sets the interrupt descriptor table.
    public void setIdt(long base, int limit) {
        table(IDT, base, limit);
    }

    private void table(int at, long base, int limit) {
        segment.set(ValueLayout.JAVA_LONG, at, base);
        segment.set(ValueLayout.JAVA_SHORT, at + 8, (short) limit);
    }

    /// Sets CR0, CR4 and EFER.
    public void setModes(long cr0, long cr4, long efer) {
        segment.set(ValueLayout.JAVA_LONG, CR0, cr0);
        segment.set(ValueLayout.JAVA_LONG, CR4, cr4);
        segment.set(ValueLayout.JAVA_LONG, EFER, efer);
    }

    /// The address of the last page fault.
    public long cr2() {
        return segment.get(ValueLayout.JAVA_LONG, CR2);
    }

    /// The root of the page table.
    public long cr3() {
        return segment.get(ValueLayout.JAVA_LONG, CR3);
    }

    /// Sets CR3.
    public void setCr3(long cr3) {
        segment.set(ValueLayout.JAVA_LONG, CR3, cr3);
    }
}
