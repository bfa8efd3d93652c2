package org.nestwalk.lab.vm;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Misaligned;

/// How the host backs guest memory, as people choose it.
public enum BackingChoice {
    /// 4-KiB pages at the first touch.
    FIRST_TOUCH("first-touch", PageSize.SIZE_4K, false, false),
    /// 2-MiB pages at the first touch where the host has them.
    LARGE("2M", PageSize.SIZE_2M, false, false),
    /// All memory in 4-KiB pages before the guest runs.
    EAGER("eager", PageSize.SIZE_4K, true, false),
    /// All memory before the guest runs, in 2-MiB pages where the host has them.
    EAGER_LARGE("eager-2M", PageSize.SIZE_2M, true, false),
    /// 4-KiB pages at the first touch, made large by the host's khugepaged.
    KHUGEPAGED("khugepaged", PageSize.SIZE_4K, false, true),
    /// Contiguous memory at the first touch, out of step with the guest's, so that only 4-KiB pages
    /// can map it.
    MISALIGNED("misaligned", PageSize.SIZE_4K, false, false);

    private final String label;
    private final PageSize largest;
    private final boolean eager;
    private final boolean collapses;

    BackingChoice(String label, PageSize largest, boolean eager, boolean collapses) {
        this.label = label;
        this.largest = largest;
        this.eager = eager;
        this.collapses = collapses;
    }

    /// What people write.
    public String label() {
        return label;
    }

    BackingPolicy policy() {
        if (this == MISALIGNED) {
            return new Misaligned();
        }
        return eager ? new Eager(largest) : new FirstTouch(largest);
    }

    boolean isEager() {
        return eager;
    }

    /// Whether khugepaged works on the host.
    boolean collapses() {
        return collapses;
    }

    /// Whether the hypervisor has to see host frames for it.
    boolean needsFrames() {
        return this == KHUGEPAGED || this == MISALIGNED;
    }

    /// Whether the host is asked for large pages where it has them.
    boolean isLarge() {
        return largest == PageSize.SIZE_2M;
    }

    /// What people write, in order.
    static List<String> labels() {
        return Arrays.stream(values()).map(BackingChoice::label).toList();
    }

    /// The choice that people call `label`.
    ///
    /// @throws InputException which names the valid ones
    public static BackingChoice parse(String label) {
        for (BackingChoice choice : values()) {
            if (choice.label.equals(label)) {
                return choice;
            }
        }
        throw new InputException(
                "unknown backing '%s'; use one of %s"
                        .formatted(label, String.join(", ", labels())));
    }
}
