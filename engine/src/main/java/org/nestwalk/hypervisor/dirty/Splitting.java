package org.nestwalk.hypervisor.dirty;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.VirtualMachine;

/// What becomes of large pages while written pages are tracked. Split, they say which of their 512
/// pieces are written; they are large again when tracking ends ([SplitTracking]).
public enum Splitting {
    /// They stay: a write to one says that any of it may be dirty.
    NONE("none"),
    /// Each is split at its first write, in the exit (KVM with `eager_page_split=N`).
    LAZY("lazy"),
    /// All are split when tracking begins (KVM's `eager_page_split`, Linux 5.18).
    EAGER("eager");

    private final String label;

    Splitting(String label) {
        this.label = label;
    }

    /// What people write.
    public String label() {
        return label;
    }

    /// What people write, in order.
    public static List<String> labels() {
        return Arrays.stream(values()).map(Splitting::label).toList();
    }

    /// The one that people call `label`.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Splitting of(String label) {
        return Arrays.stream(values())
                .filter(one -> one.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no splitting '" + label + "'"));
    }

    /// Starts tracking which pages of `vm` are written, with its large pages treated so; a host's
    /// kernel that finds pages treats them as it does.
    ///
    /// @throws UnsupportedOperationException if the machine has no such source
    public DirtyPages track(VirtualMachine vm, DirtySource source) {
        return this == NONE || source.isOfHost()
                ? vm.trackDirty(source)
                : SplitTracking.open(vm, source, this);
    }
}
