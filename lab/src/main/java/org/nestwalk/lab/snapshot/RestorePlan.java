package org.nestwalk.lab.snapshot;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.bits.PageSize;

/// How a snapshot is restored.
///
/// @param method when memory is loaded
/// @param background whether it is loaded beside the guest, too
/// @param backing of what is loaded: 4K, or the 2M around what is needed at once
/// @param fresh the largest pages of memory that the snapshot has nothing of
/// @param records whether pages that were needed are kept as the working set
public record RestorePlan(
        RestoreMethod method,
        boolean background,
        PageSize backing,
        PageSize fresh,
        boolean records) {
    /// Lazily, page by page, to record what is needed.
    public static final RestorePlan RECORDING = usual(RestoreMethod.LAZY, false);

    /// As a virtual machine is restored by [RestoreExperiment].
    static RestorePlan usual(RestoreMethod method, boolean background) {
        return new RestorePlan(
                method,
                background,
                PageSize.SIZE_4K,
                method == RestoreMethod.EAGER ? PageSize.SIZE_2M : PageSize.SIZE_4K,
                method == RestoreMethod.LAZY && !background);
    }

    /// Plans that are compared, by name.
    public enum Named {
        /// All first, behind 4-KiB pages.
        EAGER("eager", RestoreMethod.EAGER, false, PageSize.SIZE_4K),
        /// All first, behind 2-MiB pages.
        EAGER_LARGE("eager-2M", RestoreMethod.EAGER, false, PageSize.SIZE_2M),
        /// Each page when it is touched.
        LAZY("lazy", RestoreMethod.LAZY, false, PageSize.SIZE_4K),
        /// All 2 MiB around a page when it is touched.
        LAZY_LARGE("lazy-2M", RestoreMethod.LAZY, false, PageSize.SIZE_2M),
        /// Each page when it is touched, and the others beside the guest.
        BACKGROUND("background", RestoreMethod.LAZY, true, PageSize.SIZE_4K),
        /// The recorded working set first, and others when they are touched.
        SET("set", RestoreMethod.WORKING_SET, false, PageSize.SIZE_4K),
        /// The recorded working set first, others when they are touched or beside the guest.
        SET_BACKGROUND("set-background", RestoreMethod.WORKING_SET, true, PageSize.SIZE_4K);

        private final String label;
        private final RestoreMethod method;
        private final boolean background;
        private final PageSize backing;

        Named(String label, RestoreMethod method, boolean background, PageSize backing) {
            this.label = label;
            this.method = method;
            this.background = background;
            this.backing = backing;
        }

        /// As users write it.
        public String label() {
            return label;
        }

        /// What is done.
        public RestorePlan plan() {
            return new RestorePlan(method, background, backing, backing, false);
        }

        /// The labels of all.
        public static List<String> labels() {
            return Arrays.stream(values()).map(Named::label).toList();
        }

        /// The one with that label.
        public static Named of(String label) {
            return Arrays.stream(values())
                    .filter(named -> named.label.equals(label))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
