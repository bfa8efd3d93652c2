package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.setup.ProcessorState;

/// What makes an entry of EPT ill-formed (Intel SDM volume 3C, section 28.2.3.1).
final class EptForm {
    private EptForm() {}

    /// Whether an entry is present: it grants something.
    static boolean isPresent(long value, boolean modeBasedExecute) {
        long user = modeBasedExecute ? EptEntry.USER_EXECUTE : 0;
        return (value & (EptEntry.READ | EptEntry.WRITE | EptEntry.EXECUTE | user)) != 0;
    }

    /// A sentence for each rule that `entry`, called `name`, breaks.
    static List<String> faults(TableEntry entry, String name, ProcessorState state) {
        List<String> faults = new ArrayList<>();
        long value = entry.value();
        boolean read = (value & EptEntry.READ) != 0;
        if (!read && (value & EptEntry.WRITE) != 0) {
            faults.add(name + " has W = 1 with R = 0");
        }
        long execute = EptEntry.EXECUTE | (state.modeBasedExecute() ? EptEntry.USER_EXECUTE : 0);
        if (!read && (value & execute) != 0 && !state.executeOnly()) {
            faults.add(
                    name
                            + " allows execution with R = 0, and execute-only translations are not"
                            + " supported");
        }
        int type = EptEntry.memoryType(value);
        if (entry.isLeaf() && !MemoryType.isValidForEpt(type)) {
            faults.add("%s has MT = %d, which is not a memory type of EPT".formatted(name, type));
        }
        long reserved =
                EptEntry.reservedBits(entry.level(), entry.isLeaf(), state.physicalBits(), true);
        ReservedBits.describe(value & reserved, entry.level(), state.physicalBits())
                .forEach(text -> faults.add(name + " has " + text));
        return faults;
    }
}
