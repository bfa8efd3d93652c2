package org.nestwalk.lab.explain;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// The ways of translating of which one walk can be explained.
public enum WalkMode {
    /// No virtual machine: one table.
    NATIVE,
    /// Guest paging under Intel's extended page tables.
    EPT,
    /// Guest paging under AMD's nested page tables.
    NPT,
    /// One table that the hypervisor composed.
    SHADOW,
    /// Guest paging under a flat second-level table (Ahn et al., ISCA 2012).
    FLAT;

    /// The mode that users call `label`; an [InputException] names the valid ones.
    public static WalkMode parse(String label) {
        for (WalkMode mode : values()) {
            if (mode.label().equalsIgnoreCase(label)) {
                return mode;
            }
        }
        List<String> labels = Arrays.stream(values()).map(WalkMode::label).toList();
        throw new InputException(
                "unknown mode '%s'; use one of %s".formatted(label, String.join(", ", labels)));
    }

    /// The mode of nested paging that a processor with `format` has.
    public static WalkMode nested(SecondLevelFormat format) {
        return format == SecondLevelFormat.NPT ? NPT : EPT;
    }

    /// The name users write: `ept` and so on.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the processor translates guest-physical addresses.
    public boolean hasSecondLevel() {
        return this == EPT || this == NPT || this == FLAT;
    }

    /// Whether the second level is a radix tree, whose levels and page size can be chosen.
    public boolean hasSecondLevelTree() {
        return this == EPT || this == NPT;
    }

    /// The setup, as [org.nestwalk.lab.setup.Setups] names it.
    String setup(PageSize guest, PageSize host) {
        return hasSecondLevelTree()
                ? "nested:" + guest.label() + "/" + host.label()
                : label() + ":" + guest.label();
    }
}
