package org.nestwalk.hypervisor.monitor;

import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.KernelStore;

/// Something that no kernel does.
///
/// @param kind what it is
/// @param prevented whether it did not happen
/// @param cpu by which virtual CPU, or -1 if that is not known
/// @param gpa the word that was written, or the first wrong one of a page
/// @param store by which it was, or null if that is not known
public record Alarm(Kind kind, boolean prevented, int cpu, long gpa, @Nullable KernelStore store) {
    /// Kinds of alarms.
    public enum Kind {
        /// Code or constants that no file says.
        CODE("wrong code"),
        /// Code that is about to be executed, and that no file says.
        UNKNOWN_CODE("unknown code"),
        /// An entry of the guest's page tables by which something else is executed, or code
        /// written.
        TABLE("wrong page-table entry");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /// Its name in reports.
        public String label() {
            return label;
        }
    }

    /// Receives alarms.
    @FunctionalInterface
    public interface Listener {
        /// An alarm, within the exit or the periodic work that has found it.
        void alarm(Alarm alarm);
    }
}
