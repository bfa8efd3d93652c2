package org.nestwalk.lab.labs.fidelity;

import org.nestwalk.bits.Access;
import org.nestwalk.mmu.model.OverlapModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.TranslationModel;

/// A part of the time model that is taken away, so that it shows what stands on it.
public enum Ablation {
    /// Nothing is taken away.
    NONE("", "all of it"),
    /// Any number of accesses may be under way.
    WINDOW("no window", "without the window"),
    /// Any number of walks.
    WALKERS("no walkers", "without a bound on walks"),
    /// Any number of misses.
    MISSES("no misses", "without a bound on misses"),
    /// No access waits for another.
    DEPENDENCE("no depend.", "without dependence"),
    /// Each access waits for the one before.
    BLOCKING("blocking", "with nothing under way beside anything");

    private static final int MANY = OverlapModel.MOST;

    private final String label;
    private final String meaning;

    Ablation(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /// How it is called in tables.
    String label() {
        return label;
    }

    /// What is left.
    String meaning() {
        return meaning;
    }

    /// A machine without that part.
    ProcessorModel of(ProcessorModel model) {
        OverlapModel overlap = model.overlap();
        if (overlap == null) {
            return model;
        }
        return switch (this) {
            case NONE, DEPENDENCE -> model;
            case WINDOW -> model.withOverlap(new OverlapModel(MANY, overlap.outstandingMisses()));
            case MISSES -> model.withOverlap(new OverlapModel(overlap.window(), MANY));
            case WALKERS -> withWalkers(model);
            case BLOCKING -> model.withOverlap(null);
        };
    }

    private static ProcessorModel withWalkers(ProcessorModel model) {
        TranslationModel translation = model.translation();
        return model.with(
                new TranslationModel(
                        translation.secondLevel(),
                        translation.firstLevelTlbs(),
                        translation.secondLevelTlbs(),
                        translation.walkCaches(),
                        64));
    }

    /// Takes away from accesses what they say of dependence, if that is it.
    void change(long[] block, int count) {
        if (this == DEPENDENCE) {
            for (int i = 0; i < count; i++) {
                block[i] &= ~Access.DISTANCE;
            }
        }
    }
}
