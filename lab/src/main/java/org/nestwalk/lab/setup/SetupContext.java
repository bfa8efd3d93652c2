package org.nestwalk.lab.setup;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.memory.PhysicalZone;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;

/// What every setup of a comparison shares: the machine, how frames are laid out, and the seed; and
/// the map of physical memory.
///
/// ```text
///  guest-physical                          host-physical
///  0        data                           0        data
///  64 TiB   guest tables                   64 TiB   second-level or native tables
///                                          +64 GiB  frames that back guest tables
///                                          +128 GiB shadow tables
///                                          +192 GiB flat second-level table
/// ```
///
/// Tables come from zones of their own so that they can be stored flat; in a real kernel they lie
/// among the data (assumption: this changes nothing but cache-set indices).
///
/// @param machine the processor
/// @param guestLayout layout of guest-physical memory, as [FrameLayout#parse] takes it
/// @param hostLayout layout of host-physical memory
/// @param seed seed of layouts and random replacement
/// @param guestLevels levels of guest (and native) tables, 4 or 5
/// @param hostLevels levels of second-level tables, 4 or 5
/// @param delay of references that reach memory, or null
/// @param state of the processor
public record SetupContext(
        ProcessorModel machine,
        String guestLayout,
        String hostLayout,
        long seed,
        int guestLevels,
        int hostLevels,
        @Nullable MemoryDelay delay,
        ProcessorState state) {
    private static final long TIB = 1L << 40;
    private static final long TABLE_ZONE = 64L << 30;
    private static final PhysicalZone DATA = PhysicalZone.DEFAULT;
    private static final PhysicalZone TABLES = new PhysicalZone(64 * TIB, TABLE_ZONE);
    private static final PhysicalZone GUEST_TABLE_BACKING =
            new PhysicalZone(TABLES.end(), TABLE_ZONE);
    private static final PhysicalZone SHADOW_TABLES =
            new PhysicalZone(GUEST_TABLE_BACKING.end(), TABLE_ZONE);

    /// The host-physical address of a flat second-level table, beyond all other tables, because it
    /// is as long as guest-physical memory asks for.
    static final long FLAT_TABLE = SHADOW_TABLES.end();

    /// A processor in its usual state.
    public SetupContext(
            ProcessorModel machine,
            String guestLayout,
            String hostLayout,
            long seed,
            int guestLevels,
            int hostLevels,
            @Nullable MemoryDelay delay) {
        this(
                machine,
                guestLayout,
                hostLayout,
                seed,
                guestLevels,
                hostLevels,
                delay,
                ProcessorState.USUAL);
    }

    /// Memory without delay.
    public SetupContext(
            ProcessorModel machine,
            String guestLayout,
            String hostLayout,
            long seed,
            int guestLevels,
            int hostLevels) {
        this(machine, guestLayout, hostLayout, seed, guestLevels, hostLevels, null);
    }

    /// Host-physical memory for tables.
    public FlatMemory newTableMemory() {
        return new FlatMemory(TABLES.base());
    }

    /// Guest-physical frames for data.
    public FrameLayout guestData() {
        return FrameLayout.parse(guestLayout, DATA, seed);
    }

    /// Guest-physical frames for guest tables.
    public FrameLayout guestTables() {
        return FrameLayout.parse(guestLayout, TABLES, seed + 1);
    }

    /// Host-physical frames for data.
    public FrameLayout hostData() {
        return FrameLayout.parse(hostLayout, DATA, seed + 2);
    }

    /// Host-physical frames for tables that the hardware reads by host-physical address.
    public FrameLayout hostTables() {
        return FrameLayout.parse(hostLayout, TABLES, seed + 3);
    }

    /// Host-physical frames for the shadow tables, beside those of the hypervisor's own map.
    FrameLayout shadowTables() {
        return FrameLayout.parse(hostLayout, SHADOW_TABLES, seed + 5);
    }

    /// Host-physical frames that back guest tables.
    public FrameLayout guestTableBacking() {
        return FrameLayout.parse(hostLayout, GUEST_TABLE_BACKING, seed + 4);
    }

    /// Whether a guest-physical address is in the zone of guest tables.
    public static boolean isGuestTable(long gpa) {
        return gpa >= TABLES.base();
    }

    /// Where guest tables begin in guest-physical memory.
    static long guestTableBase() {
        return TABLES.base();
    }

    /// The same with paging off in the guest (or the only) dimension.
    SetupContext withoutPaging() {
        return new SetupContext(
                machine,
                guestLayout,
                hostLayout,
                seed,
                guestLevels,
                hostLevels,
                delay,
                state.withoutPaging());
    }

    /// The features of the machine's processor.
    public PagingFeatures features() {
        return state.features(isAmd());
    }

    /// Whether the second level is AMD's.
    public boolean isAmd() {
        return machine.translation().secondLevel() == ProcessorModel.SecondLevelFormat.NPT;
    }

    /// A processor in user mode.
    ///
    /// @param memory that holds all tables
    /// @param cr3 the root of the tables it is on, guest-physical
    /// @param secondLevel that guest-physical addresses go through
    /// @param secondLevelRoot where that begins, a multiple of 4 KiB: what cached translations are
    ///   told apart by
    /// @param setup that is told of touched pages
    public Mmu newMmu(
            FlatMemory memory,
            long cr3,
            SecondLevel secondLevel,
            long secondLevelRoot,
            Setup setup) {
        GuestRegisters registers =
                new GuestRegisters(
                        state.cr0(),
                        cr3,
                        state.cr4() | (guestLevels == 5 ? ControlRegisters.CR4_LA57 : 0),
                        state.efer(),
                        state.pkru(),
                        state.pkrs(),
                        GuestRegisters.PAT_AFTER_RESET);
        Mmu mmu = new Mmu(machine, memory, registers, features(), secondLevel, setup, delay, seed);
        if (!secondLevel.isIdentity()) {
            mmu.enter(1, 0, TranslationContexts.ep4taOf(secondLevelRoot & PagingEntry.ADDRESS));
        }
        return mmu;
    }
}
