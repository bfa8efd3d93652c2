package org.nestwalk.lab.labs.prefetch;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.prefetch.FaultAround;
import org.nestwalk.hypervisor.prefetch.StrideDetection;
import org.nestwalk.machine.Hypercalls;

/// How a guest's memory is backed.
enum Way {
    /// Each page when it is touched.
    DEMAND("demand", -1),
    /// The window around a page that is touched.
    AROUND("fault-around", -1),
    /// Ahead of touches that are equally far apart.
    STRIDE("stride", -1),
    /// As the guest announces it, at once.
    HINT("hint", 0),
    /// The same, and its second-level entries are brought into caches.
    HINT_WARM("hint-warm", Hypercalls.PREFETCH_WARM),
    /// The same, by large pages.
    HINT_LARGE("hint-2M", Hypercalls.PREFETCH_LARGE),
    /// As the guest announces it, by another CPU.
    HINT_BESIDE("hint-beside", Hypercalls.PREFETCH_BESIDE),
    /// All before the guest runs.
    EAGER("eager", -1);

    private static final int MOST_AHEAD = 64;

    private final String label;
    private final long flags;

    Way(String label, long flags) {
        this.label = label;
        this.flags = flags;
    }

    String label() {
        return label;
    }

    static Way of(String label) {
        return Arrays.stream(values())
                .filter(way -> way.label.equals(label))
                .findFirst()
                .orElseThrow();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Way::label).toList();
    }

    /// Whether the guest announces what it is going to touch.
    boolean hints() {
        return flags >= 0;
    }

    /// The flags of that call.
    long flags() {
        return flags;
    }

    /// What backs pages that nobody has announced.
    ///
    /// @param window pages around a fault
    BackingPolicy policy(int window) {
        return switch (this) {
            case AROUND -> new FaultAround(window);
            case STRIDE -> new StrideDetection(MOST_AHEAD);
            case EAGER -> new Eager(PageSize.SIZE_4K);
            default -> new FirstTouch(PageSize.SIZE_4K);
        };
    }
}
