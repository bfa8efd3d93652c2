package org.nestwalk.guest.kernel;

import org.nestwalk.InputException;

/// The page that a first touch is given.
public enum PagePolicy {
    /// 4 KiB always.
    SMALL("4k"),
    /// 2 MiB where the aligned range lies within one area, nothing of it is mapped yet, and the
    /// guest has a free block; 4 KiB elsewhere (transparent huge pages, `always`).
    TRANSPARENT_HUGE("thp");

    private final String label;

    PagePolicy(String label) {
        this.label = label;
    }

    /// The name on the command line.
    public String label() {
        return label;
    }

    /// The policy that people call `label`.
    ///
    /// @throws InputException which names the valid ones
    public static PagePolicy parse(String label) {
        for (PagePolicy policy : values()) {
            if (policy.label.equals(label)) {
                return policy;
            }
        }
        throw new InputException("unknown guest page policy '" + label + "'; use 4k or thp");
    }
}
