package org.nestwalk.lab.labs.encryption;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.walk.WalkObserver;
import org.nestwalk.paging.AccessType;

/// One walk that nothing shortens and no cache serves: the most that encryption can add.
///
/// @param pages of guest and host
/// @param references of the walk
/// @param cycles without encryption
/// @param wholeMemory cycles more if all memory is encrypted
/// @param guestKey cycles more if the guest's tables are
public record ColdWalk(
        String pages, long references, long cycles, long wholeMemory, long guestKey) {
    private static final List<String> PAGES = List.of("4K/4K", "4K/2M", "2M/4K", "2M/2M", "2M/1G");
    private static final long GVA = 0x7f12_3456_7000L;

    /// Walks for all page sizes.
    ///
    /// @param adder cycles of an encrypted reference
    static List<ColdWalk> all(ProcessorModel model, int adder, long seed) {
        ProcessorModel bare = model.withoutWalkCaches().withoutDataCaches();
        List<ColdWalk> walks = new ArrayList<>();
        for (String pages : PAGES) {
            MmuCounts plain = walk(bare, pages, null, seed);
            walks.add(
                    new ColdWalk(
                            pages,
                            plain.walks.references(),
                            plain.walkCycles,
                            more(bare, pages, adder, EncryptionScope.WHOLE_MEMORY, seed, plain),
                            more(bare, pages, adder, EncryptionScope.GUEST_KEY, seed, plain)));
        }
        return List.copyOf(walks);
    }

    private static long more(
            ProcessorModel model,
            String pages,
            int adder,
            EncryptionScope scope,
            long seed,
            MmuCounts plain) {
        MemoryDelay delay = new EncryptionDelay(adder, scope, 0);
        return walk(model, pages, delay, seed).walkCycles - plain.walkCycles;
    }

    private static MmuCounts walk(
            ProcessorModel model, String pages, @Nullable MemoryDelay delay, long seed) {
        Setup setup =
                Setups.parse("nested:" + pages)
                        .apply(
                                new SetupContext(
                                        model, "contiguous", "contiguous", seed, 4, 4, delay));
        // The first walk sets flags, which takes cycles of its own.
        setup.mmu().walk(GVA, AccessType.READ | AccessType.USER, WalkObserver.NONE);
        MmuCounts before = setup.mmu().counts().copy();
        setup.mmu().walk(GVA, AccessType.READ | AccessType.USER, WalkObserver.NONE);
        return setup.mmu().counts().since(before);
    }
}
