package org.nestwalk.hypervisor.migration;

/// Decides how a migration goes on. One object for one migration, asked in the order of time.
public interface MigrationPolicy {
    /// How it goes on.
    sealed interface Step {
        /// One more round, which ends when so many bytes are left.
        ///
        /// @param until bytes; 0 for all
        record Round(long until) implements Step {}

        /// The guest stops here, the rest is sent, and it goes on there.
        record Stop() implements Step {}

        /// The guest stops here, goes on there at once, and fetches the rest as it touches it.
        record PostCopy() implements Step {}

        /// The migration has failed; the guest stays.
        ///
        /// @param reason in lower case, without a full stop
        record Abort(String reason) implements Step {}
    }

    /// What comes next: before the first round, and after each.
    Step next(MigrationProgress progress);

    /// Whether a round that is under way ends at once, so that [#next] is asked again. Asked every
    /// [Migration#WATCH] nanoseconds.
    default boolean interrupts(MigrationProgress progress) {
        return false;
    }

    /// How the guest is slowed down from now on. Asked after each [#next].
    default Slowing slowing() {
        return Slowing.NONE;
    }
}
