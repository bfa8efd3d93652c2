package org.nestwalk.lab.labs.vm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.vm.VmResult;

/// A program on one virtual CPU, as JSON.
///
/// @param program what ran
/// @param cpu where
/// @param accesses made
/// @param checksum of what it loaded, in hexadecimal; left out if data was not kept
/// @param expected of the same program on plain memory; left out if it is not known
/// @param outcome how it ended
/// @param failure why it failed; left out unless it did
public record TaskReport(
        String program,
        int cpu,
        long accesses,
        @Nullable String checksum,
        @Nullable String expected,
        Outcome outcome,
        @Nullable String failure) {
    /// How a task ended.
    public enum Outcome {
        /// With the checksum that it has to have.
        VERIFIED,
        /// With another one: an error of this program.
        WRONG,
        /// Early.
        FAILED,
        /// Without a checksum, because data was not kept or the run was interrupted.
        UNCHECKED;

        /// As JSON has it.
        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static TaskReport of(VmResult.TaskResult task, boolean contents) {
        return new TaskReport(
                task.program(),
                task.cpu(),
                task.accesses(),
                contents ? hex(task.checksum()) : null,
                task.expected() == null ? null : hex(task.expected()),
                outcome(task),
                task.failure());
    }

    private static Outcome outcome(VmResult.TaskResult task) {
        if (task.failure() != null) {
            return Outcome.FAILED;
        }
        if (task.expected() == null) {
            return Outcome.UNCHECKED;
        }
        return task.isVerified() ? Outcome.VERIFIED : Outcome.WRONG;
    }

    private static String hex(long checksum) {
        return Figures.format("0x%016x", checksum);
    }

    /// Whether it did not end as it has to.
    @JsonIgnore
    public boolean isWrong() {
        return outcome == Outcome.WRONG || outcome == Outcome.FAILED;
    }
}
