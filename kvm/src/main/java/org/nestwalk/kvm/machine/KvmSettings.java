package org.nestwalk.kvm.machine;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.DirtySource;

/// How virtual machines on KVM get their memory, and what of it is watched.
///
/// @param backing what memory it is
/// @param hugePages whether the host's kernel may, and is asked to, back it by large pages
/// @param traps whether first touches of pages, and writes to protected ones, reach the hypervisor:
///   violations and write traps, each of which costs an exit; needs [Backing#SHARED]
/// @param dirty how writes are logged; logging keeps KVM from mapping large pages, and the scan
///   does not go with traps, which have their own protection
/// @param clearBytes of guest memory, a multiple of 256 KiB, whose bits of a bitmap are cleared at
///   once, and whose pages are protected again: KVM holds a lock for as long, which guests wait for
public record KvmSettings(
        Backing backing, boolean hugePages, boolean traps, Dirty dirty, long clearBytes) {
    /// What QEMU clears at once, 1 GiB (`x-clear-bitmap-shift` of 18).
    public static final long USUAL_CLEAR_BYTES = 1L << 30;

    /// What [#clearBytes] are a multiple of: 64 pages, a word of KVM's bitmap.
    public static final long CLEAR_UNIT = 64 * 4096;

    /// Memory behind a guest's.
    public enum Backing {
        /// Private memory of this process.
        ANONYMOUS,
        /// A file that is memory only (memfd), which can be mapped more than once. Without traps it
        /// can be frozen and forked.
        SHARED
    }

    /// How the pages that a guest writes are found.
    public enum Dirty {
        /// Not at all.
        NONE(null),
        /// A bitmap of all memory, harvested and cleared by request.
        BITMAP(DirtySource.HOST_BITMAP),
        /// A ring for each CPU, which exits when it is full.
        RING(DirtySource.HOST_RING),
        /// Write protection that the host's kernel ends at the first write, by a scan of its page
        /// tables.
        SCAN(DirtySource.HOST_SCAN);

        private final @Nullable DirtySource source;

        Dirty(@Nullable DirtySource source) {
            this.source = source;
        }

        /// The source of written pages that there is then, beside traps.
        public Optional<DirtySource> source() {
            return Optional.ofNullable(source);
        }

        /// How writes are logged for `source` to be there: not at all if it is none of the host's.
        public static Dirty of(DirtySource source) {
            return Arrays.stream(values())
                    .filter(one -> one.source == source)
                    .findFirst()
                    .orElse(NONE);
        }

        /// Whether KVM itself logs writes.
        boolean isByKvm() {
            return this == BITMAP || this == RING;
        }
    }

    /// Anonymous memory, large pages welcome, nothing watched.
    public static final KvmSettings PLAIN =
            new KvmSettings(Backing.ANONYMOUS, true, false, Dirty.NONE);

    /// Shared memory of 4-KiB pages, nothing watched: what can be frozen and forked.
    public static final KvmSettings FORKABLE =
            new KvmSettings(Backing.SHARED, false, false, Dirty.NONE);

    /// Shared memory of 4-KiB pages, with traps and a dirty bitmap: what can be compared with the
    /// simulated machine page by page.
    public static final KvmSettings WATCHED =
            new KvmSettings(Backing.SHARED, false, true, Dirty.BITMAP);

    /// Shared memory of 4-KiB pages, with traps and no dirty bitmap: what can be loaded as it is
    /// touched, with one fault for a page and not another for its first write.
    public static final KvmSettings LAZY = new KvmSettings(Backing.SHARED, false, true, Dirty.NONE);

    /// Bits of a bitmap are cleared [#USUAL_CLEAR_BYTES] at a time.
    public KvmSettings(Backing backing, boolean hugePages, boolean traps, Dirty dirty) {
        this(backing, hugePages, traps, dirty, USUAL_CLEAR_BYTES);
    }

    /// These with another [#clearBytes].
    ///
    /// @throws IllegalArgumentException if it is no multiple of 256 KiB
    public KvmSettings clearing(long bytes) {
        return new KvmSettings(backing, hugePages, traps, dirty, bytes);
    }

    /// Checks what does not fit together.
    ///
    /// @throws IllegalArgumentException which says so
    public KvmSettings {
        if (traps && backing != Backing.SHARED) {
            throw new IllegalArgumentException(
                    "traps need shared memory, which Java reaches by a mapping that has none");
        }
        if (traps && dirty == Dirty.SCAN) {
            throw new IllegalArgumentException(
                    "memory whose faults are trapped cannot have its writes found by a scan");
        }
        if (clearBytes < CLEAR_UNIT || clearBytes % CLEAR_UNIT != 0) {
            throw new IllegalArgumentException(
                    "bits of a bitmap are cleared for multiples of %,d bytes, not for %,d"
                            .formatted(CLEAR_UNIT, clearBytes));
        }
    }

    /// Whether memory can be frozen: traps belong to one mapping of it, and do not move to another.
    boolean isForkable() {
        return backing == Backing.SHARED && !traps;
    }
}
