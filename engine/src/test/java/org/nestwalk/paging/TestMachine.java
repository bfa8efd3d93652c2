package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ControlRegisters.CR0_PE;
import static org.nestwalk.bits.ControlRegisters.CR0_PG;
import static org.nestwalk.bits.ControlRegisters.CR0_WP;
import static org.nestwalk.bits.ControlRegisters.CR4_LA57;
import static org.nestwalk.bits.ControlRegisters.EFER_NXE;

import org.jspecify.annotations.Nullable;
import org.nestwalk.memory.SparseMemory;

/// A virtual CPU with one mapped page, whose tables and registers a test changes before it walks.
///
/// A guest-physical address is at the same host-physical address plus [#HOST]; without a second
/// level, at the same address. The page allows everything; no accessed or dirty flag is set. Every
/// walk uses the registers and features as they are then.
final class TestMachine {
    enum Kind {
        NATIVE,
        EPT,
        NPT
    }

    /// Where guest-physical address 0 is.
    static final long HOST = 1L << 44;

    static final long LOG = 0x7000_0000L;
    static final long EXCEPTIONS = 0x7100_0000L;
    static final int EPTP_INDEX = 7;

    private static final long GUEST_TABLES = 0x91_8000_0000L;
    private static final long SECOND_TABLES = 0x1_0000_0000L;
    private static final long OFFSET = 0xdef0;

    final SparseMemory memory = new SparseMemory();
    final Kind kind;
    final int guestLevels;
    final int guestLeaf;
    final int secondLevels;
    final int secondLeaf;
    final long gva;
    final long gpa;
    final TestTables guest;
    final TestTables second;

    long cr0 = CR0_PE | CR0_WP | CR0_PG;
    long cr4;
    long efer = EFER_NXE;
    long pkru;
    long pkrs;
    long pat = GuestRegisters.PAT_AFTER_RESET;
    long hostCr4;
    long hostEfer = EFER_NXE;
    PagingFeatures features;
    boolean accessedDirty;
    boolean modeBasedExecute;
    @Nullable PageModificationLog log;
    @Nullable VirtualizationExceptionArea exceptions;
    WalkVisitor visitor = WalkVisitor.NONE;
    WalkCaches caches = WalkCaches.NONE;
    private @Nullable WalkResult result;

    TestMachine(Kind kind, int guestLevels, int guestLeaf, int secondLevels, int secondLeaf) {
        this.kind = kind;
        this.guestLevels = guestLevels;
        this.guestLeaf = guestLeaf;
        this.secondLevels = secondLevels;
        this.secondLeaf = secondLeaf;
        features = kind == Kind.NPT ? PagingFeatures.ALL_AMD : PagingFeatures.ALL;
        if (guestLevels == 5) {
            cr4 |= CR4_LA57;
        }
        if (secondLevels == 5) {
            hostCr4 |= CR4_LA57;
        }
        gva = (guestLevels == 5 ? 0xa5L << 48 : 0) | 0x5678_8000_0000L | OFFSET;
        gpa = (secondLevels == 5 && kind != Kind.NATIVE ? 3L << 48 : 0) | 0x12a_c000_0000L | OFFSET;
        guest = new TestTables(memory, this::host, GUEST_TABLES, guestLevels, 7, 7);
        long tableBits = 7;
        long leafBits = kind == Kind.EPT ? 7 | 6 << 3 : 7;
        second = new TestTables(memory, a -> a, SECOND_TABLES, secondLevels, tableBits, leafBits);
        map(gva, gpa);
    }

    static TestMachine plain() {
        return new TestMachine(Kind.NATIVE, 4, 1, 4, 1);
    }

    static TestMachine ept() {
        return new TestMachine(Kind.EPT, 4, 1, 4, 1);
    }

    static TestMachine npt() {
        return new TestMachine(Kind.NPT, 4, 1, 4, 1);
    }

    /// Maps another page in both dimensions, in the sizes of the first.
    void map(long gva, long gpa) {
        guest.map(gva, gpa, guestLeaf);
        if (kind != Kind.NATIVE) {
            for (long frame : guest.frames()) {
                second.map(frame, host(frame), secondLeaf);
            }
            second.map(gpa, host(gpa), secondLeaf);
        }
    }

    long host(long gpa) {
        return kind == Kind.NATIVE ? gpa : gpa + HOST;
    }

    /// The entry at `level` through which the guest's tables map the page.
    Slot guest(int level) {
        return new Slot(guest.slot(gva, level));
    }

    /// The entry at `level` through which the second level maps the page.
    Slot data(int level) {
        return new Slot(second.slot(gpa, level));
    }

    /// The leaf entry through which the second level maps the guest's table at `guestLevel`.
    Slot table(int guestLevel) {
        return new Slot(second.slot(guest.table(gva, guestLevel), secondLeaf));
    }

    /// The guest-physical address of the guest's entry at `level`.
    long guestEntryAddress(int level) {
        return guest.slot(gva, level) - (kind == Kind.NATIVE ? 0 : HOST);
    }

    /// One entry in memory.
    final class Slot {
        final long address;

        Slot(long address) {
            this.address = address;
        }

        long get() {
            return memory.read(address);
        }

        boolean has(long bits) {
            return (get() & bits) == bits;
        }

        void set(long bits) {
            memory.write(address, get() | bits);
        }

        void clear(long bits) {
            memory.write(address, get() & ~bits);
        }

        void put(long entry) {
            memory.write(address, entry);
        }

        /// Gives the bits in `mask` the values they have in `bits`.
        void put(long mask, long bits) {
            memory.write(address, (get() & ~mask) | (bits & mask));
        }
    }

    GuestRegisters registers() {
        return new GuestRegisters(cr0, guest.root(), cr4, efer, pkru, pkrs, pat);
    }

    SecondLevel secondLevel() {
        return switch (kind) {
            case NATIVE -> SecondLevel.NONE;
            case NPT -> new NestedPageTables(second.root(), hostCr4, hostEfer, features);
            case EPT ->
                    new ExtendedPageTables(
                            eptPointer(), modeBasedExecute, features, log, exceptions);
        };
    }

    long eptPointer() {
        return ExtendedPageTables.pointer(second.root(), secondLevels, accessedDirty);
    }

    /// A walker for the registers and features as they are now.
    Walker walker() {
        return new Walker(memory, registers(), features, secondLevel(), visitor, caches);
    }

    /// Turns on EPT's accessed and dirty flags and a log whose next entry is `index`.
    PageModificationLog startLog(int index) {
        accessedDirty = true;
        PageModificationLog started = new PageModificationLog(memory, LOG, index);
        log = started;
        return started;
    }

    /// Lets violations be delivered as exceptions.
    void deliverExceptions() {
        exceptions = new VirtualizationExceptionArea(memory, EXCEPTIONS, EPTP_INDEX);
    }

    Outcome walk(int type) {
        return walk(gva, type);
    }

    Outcome walk(long linear, int type) {
        Walker walker = walker();
        Outcome outcome = walker.walk(linear, type);
        result = walker.result();
        assertThat(walker.result().outcome()).isEqualTo(outcome);
        return outcome;
    }

    /// What the last walk found.
    WalkResult result() {
        if (result == null) {
            throw new IllegalStateException("no walk yet");
        }
        return result;
    }

    boolean allows(int type) {
        return walk(type) == Outcome.OK;
    }

    /// The error code of the page fault that an access of `type` meets.
    long pageFault(int type) {
        assertThat(walk(type)).isEqualTo(Outcome.PAGE_FAULT);
        return result().code();
    }

    /// The exit qualification of the EPT violation that an access of `type` meets.
    long violation(int type) {
        assertThat(walk(type)).isEqualTo(Outcome.EPT_VIOLATION);
        assertThat(result().linearAddress()).isEqualTo(gva);
        return result().code();
    }

    /// EXITINFO1 of the nested page fault that an access of `type` meets.
    long nestedFault(int type) {
        assertThat(walk(type)).isEqualTo(Outcome.NESTED_PAGE_FAULT);
        return result().code();
    }
}
