package org.nestwalk.lab.machines;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.explorer.page.Json;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// The lab's class of this name, for pages: those machines that the page was given, and no files.
public final class Machines {
    private static final Map<String, MachineFile> KNOWN = new LinkedHashMap<>();

    private Machines() {}

    /// Makes machines known.
    ///
    /// @param machines the fields of each by its name
    public static void add(Map<?, ?> machines) {
        machines.forEach(
                (name, fields) ->
                        KNOWN.put(
                                (String) name,
                                MachineReader.read(
                                        (String) name,
                                        Json.write(fields).getBytes(StandardCharsets.UTF_8))));
    }

    public static Parameter parameter(String preset) {
        return Parameter.of("machine", "", new Domain.Text("M", "", text -> text), preset);
    }

    public static List<String> presets() {
        return List.copyOf(KNOWN.keySet());
    }

    public static MachineFile named(String name) {
        MachineFile machine = KNOWN.get(name);
        if (machine == null) {
            throw new InputException(
                    "unknown machine '%s'; this page has %s"
                            .formatted(name, String.join(", ", KNOWN.keySet())));
        }
        return machine;
    }
}
