package org.nestwalk.lab.explain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.lab.setup.ProcessorState;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.paging.AccessType;

/// What users set of the processor for a walk, one `NAME=VALUE` after the other; the rest is as in
/// [ProcessorState#USUAL].
public final class WalkSettings {
    /// The names, each with its values and what it means, in the order to show them.
    private static final Map<String, Setting> SETTINGS = new LinkedHashMap<>();

    private enum Mode {
        ANY,
        EPT,
        NPT
    }

    /// @param largest value
    private record Setting(Mode mode, long largest, String meaning) {}

    static {
        define("cr0.WP", Mode.ANY, 1, "supervisor-mode writes respect read-only pages (1)");
        define("cr4.SMEP", Mode.ANY, 1, "supervisor mode may not fetch from user pages (0)");
        define("cr4.SMAP", Mode.ANY, 1, "nor access their data, without eflags.AC (0)");
        define("cr4.PKE", Mode.ANY, 1, "protection keys of user pages (0)");
        define("cr4.PKS", Mode.ANY, 1, "protection keys of supervisor pages (0)");
        define("efer.NXE", Mode.ANY, 1, "NX has a meaning; otherwise it is reserved (1)");
        define("eflags.AC", Mode.ANY, 1, "lets supervisor mode pass SMAP (0)");
        define("pkru", Mode.ANY, 0xffff_ffffL, "rights of user pages by key (0)");
        define("pkrs", Mode.ANY, 0xffff_ffffL, "rights of supervisor pages by key (0)");
        define("maxpa", Mode.ANY, 52, "physical-address bits, 48 to 52 (52)");
        define("ept.AD", Mode.EPT, 1, "accessed and dirty flags of EPT (as the machine has it)");
        define("ept.MBE", Mode.EPT, 1, "an execute permission of its own for user mode, XU (0)");
        define("ept.XONLY", Mode.EPT, 1, "execute-only translations are supported (1)");
        define("ept.ADV", Mode.EPT, 1, "violations report bits 11:9 of the qualification (0)");
        define("host.cr4.SMEP", Mode.NPT, 1, "lets nested page faults report fetches (0)");
        define("host.efer.NXE", Mode.NPT, 1, "NX of nested entries has a meaning (1)");
    }

    private final WalkMode mode;
    private final Map<String, Long> values = new LinkedHashMap<>();

    private WalkSettings(WalkMode mode) {
        this.mode = mode;
    }

    private static void define(String name, Mode mode, long largest, String meaning) {
        SETTINGS.put(name, new Setting(mode, largest, meaning));
    }

    /// A line for each name, for help texts.
    public static List<String> help() {
        return SETTINGS.entrySet().stream()
                .map(entry -> "%-14s %s".formatted(entry.getKey(), entry.getValue().meaning))
                .toList();
    }

    /// Reads `texts` for a walk in `mode`.
    ///
    /// @throws InputException if one is unknown, out of range, or means nothing in that mode
    public static WalkSettings parse(List<String> texts, WalkMode mode) {
        WalkSettings settings = new WalkSettings(mode);
        texts.forEach(settings::add);
        return settings;
    }

    private void add(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text.strip() : text.substring(0, equals).strip();
        String known =
                SETTINGS.keySet().stream()
                        .filter(other -> other.equalsIgnoreCase(name))
                        .findFirst()
                        .orElse(null);
        if (known == null) {
            throw new InputException(
                    "'%s' cannot be set; use one of %s"
                            .formatted(name, String.join(", ", SETTINGS.keySet())));
        }
        Setting setting = SETTINGS.get(known);
        if (equals < 0 || setting == null) {
            throw new InputException("'%s' has no value; write %s=VALUE".formatted(text, known));
        }
        boolean fits =
                switch (setting.mode) {
                    case ANY -> true;
                    case EPT -> mode == WalkMode.EPT;
                    case NPT -> mode == WalkMode.NPT;
                };
        if (!fits) {
            throw new InputException("%s means nothing in mode %s".formatted(known, mode.label()));
        }
        values.put(known, value(text, text.substring(equals + 1).strip(), known, setting));
    }

    private static long value(String text, String value, String name, Setting setting) {
        long least = name.equals("maxpa") ? 48 : 0;
        boolean hex = value.startsWith("0x") || value.startsWith("0X");
        long number = -1;
        try {
            number = hex ? Long.parseLong(value.substring(2), 16) : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new InputException(
                    "%s: '%s' is not a number; write it in decimal, or in hexadecimal with 0x"
                            .formatted(text, value),
                    e);
        }
        if (number < least || number > setting.largest) {
            throw new InputException(
                    hex || setting.largest > 0xffff
                            ? "%s: the value is from 0x%x to 0x%x"
                                    .formatted(text, least, setting.largest)
                            : "%s: the value is from %d to %d"
                                    .formatted(text, least, setting.largest));
        }
        return number;
    }

    /// What was set, as `NAME=VALUE`, in the order given; registers in hexadecimal.
    public List<String> texts() {
        return values.entrySet().stream()
                .map(entry ->
                        entry.getKey().startsWith("pk")
                                ? "%s=0x%x".formatted(entry.getKey(), entry.getValue())
                                : entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    private boolean isSet(String name, boolean usually) {
        return values.getOrDefault(name, usually ? 1L : 0L) != 0;
    }

    private long bit(String name, long bit, boolean usually) {
        return isSet(name, usually) ? bit : 0;
    }

    /// The processor's state with what was set.
    public ProcessorState state() {
        ProcessorState usual = ProcessorState.USUAL;
        return new ProcessorState(
                usual.cr0() & ~ControlRegisters.CR0_WP
                        | bit("cr0.WP", ControlRegisters.CR0_WP, true),
                bit("cr4.SMEP", ControlRegisters.CR4_SMEP, false)
                        | bit("cr4.SMAP", ControlRegisters.CR4_SMAP, false)
                        | bit("cr4.PKE", ControlRegisters.CR4_PKE, false)
                        | bit("cr4.PKS", ControlRegisters.CR4_PKS, false),
                bit("efer.NXE", ControlRegisters.EFER_NXE, true),
                values.getOrDefault("pkru", 0L),
                values.getOrDefault("pkrs", 0L),
                bit("host.cr4.SMEP", ControlRegisters.CR4_SMEP, false),
                bit("host.efer.NXE", ControlRegisters.EFER_NXE, true),
                values.getOrDefault("maxpa", (long) usual.physicalBits()).intValue(),
                isSet("ept.XONLY", true),
                isSet("ept.MBE", false),
                isSet("ept.ADV", false));
    }

    /// `machine` with EPT's accessed and dirty flags as they were set, if they were.
    public ProcessorModel applyTo(ProcessorModel machine) {
        if (!values.containsKey("ept.AD")) {
            return machine;
        }
        return machine.withSecondLevel(
                isSet("ept.AD", false) ? SecondLevelFormat.EPT_AD : SecondLevelFormat.EPT);
    }

    /// An access's bits of [AccessType] with EFLAGS.AC if it was set.
    public int applyTo(int access) {
        return access | (isSet("eflags.AC", false) ? AccessType.ALIGNMENT_CHECK : 0);
    }
}
