package org.nestwalk.lab.explain;

import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.setup.ProcessorState;
import org.nestwalk.mmu.model.ProcessorModel;

/// Which walk to explain.
///
/// @param gva linear address, canonical or not
/// @param access bits of [org.nestwalk.paging.AccessType]
/// @param mode how addresses are translated
/// @param guestSize size of the guest's (or the only) page
/// @param hostSize size of second-level pages, if the mode has a second-level tree
/// @param guestLevels levels of the guest's (or the only) table, 4 or 5
/// @param hostLevels levels of the second-level tree, 4 or 5
/// @param machine whose caches and latencies; its second-level format gives way to the mode's
/// @param warm whether the paging-structure caches and the nested TLB are used, and a walk of the
///   same address has filled them; otherwise the walk goes without them
/// @param layout where frames are, as [org.nestwalk.memory.FrameLayout#parse] takes it
/// @param seed of the layout
/// @param state of the processor
/// @param settings what of the state was set, for reports
/// @param changes of entries, made in this order before any walk
public record WalkQuestion(
        long gva,
        int access,
        WalkMode mode,
        PageSize guestSize,
        PageSize hostSize,
        int guestLevels,
        int hostLevels,
        ProcessorModel machine,
        boolean warm,
        String layout,
        long seed,
        ProcessorState state,
        List<String> settings,
        List<EntryChange> changes) {
    /// Copies the lists.
    public WalkQuestion {
        settings = List.copyOf(settings);
        changes = List.copyOf(changes);
    }

    /// A walk of tables as they are built, by a processor in its usual state.
    public WalkQuestion(
            long gva,
            int access,
            WalkMode mode,
            PageSize guestSize,
            PageSize hostSize,
            int guestLevels,
            int hostLevels,
            ProcessorModel machine,
            boolean warm,
            String layout,
            long seed) {
        this(
                gva,
                access,
                mode,
                guestSize,
                hostSize,
                guestLevels,
                hostLevels,
                machine,
                warm,
                layout,
                seed,
                ProcessorState.USUAL,
                List.of(),
                List.of());
    }
}
