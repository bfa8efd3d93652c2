package org.nestwalk.mmu.model;

/// Processors for tests.
public final class Models {
    private Models() {}

    /// A processor that differs from others by these only.
    public static ProcessorModel of(
            TranslationModel translation, MemoryModel memory, CostModel costs) {
        return new ProcessorModel("test", "for tests", translation, memory, costs, null);
    }
}
