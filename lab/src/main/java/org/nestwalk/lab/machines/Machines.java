package org.nestwalk.lab.machines;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.lab.yaml.YamlNode;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// The machines that can be named: presets, and files in the same form.
public final class Machines {
    private static final List<String> PRESETS =
            List.of(
                    "haswell-4850",
                    "skylake-sp",
                    "cascade-lake-6252",
                    "icelake-sp",
                    "sapphire-rapids",
                    "zen3",
                    "zen4",
                    "zen5",
                    "opteron-2008",
                    "opteron-pwc",
                    "textbook",
                    "yardstick");

    private Machines() {}

    /// The parameter that says on which machine something runs: a preset unless told otherwise.
    public static Parameter parameter(String preset) {
        return Parameter.of(
                "machine",
                "a preset or a YAML file, with other values of fields behind it if wanted:"
                        + " NAME:FIELD=VALUE,...; see nestwalk machines",
                new Domain.Text("M", "", text -> text),
                preset);
    }

    /// The names of the presets, in the order to show them.
    public static List<String> presets() {
        return PRESETS;
    }

    /// The preset of that name, or the machine in a file if the name ends in `.yaml` or `.yml`;
    /// behind either may be other values of fields: `skylake-sp:tlb.l2.entries=3072,walkers=4`,
    /// with the paths of fields in the machine's file, or `tlb.l1` and `tlb.l2` for the TLBs of
    /// data in 4-KiB pages. Throws [InputException] for an unknown name or a file that is not a
    /// machine, and [UncheckedIOException] for a file that cannot be read.
    public static MachineFile named(String nameOrPath) {
        MachineChanges changes = MachineChanges.parse(nameOrPath, PRESETS);
        if (changes.changes().isEmpty()) {
            return unchanged(nameOrPath);
        }
        var _ = unchanged(changes.base());
        String name = nameOf(changes.base());
        byte[] bytes = PRESETS.contains(name) ? resource(name) : bytes(Path.of(changes.base()));
        String called = name + nameOrPath.substring(changes.base().length());
        return MachineReader.read(called, changes.apply(YamlNode.parse(called, bytes), called));
    }

    /// The names of the fields of a machine's file, outside its parts.
    public static List<String> fieldNames() {
        return fields(PRESETS.getFirst()) instanceof Map<?, ?> fields
                ? fields.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    private static String nameOf(String base) {
        return PRESETS.contains(base) ? base : String.valueOf(Path.of(base).getFileName());
    }

    private static MachineFile unchanged(String nameOrPath) {
        if (PRESETS.contains(nameOrPath)) {
            return preset(nameOrPath);
        }
        if (nameOrPath.endsWith(".yaml") || nameOrPath.endsWith(".yml")) {
            try {
                return read(Path.of(nameOrPath));
            } catch (InvalidPathException e) {
                throw new InputException("not a path: '" + nameOrPath + "'", e);
            }
        }
        throw new InputException(
                whatItIs(nameOrPath)
                        + "; use "
                        + String.join(", ", PRESETS)
                        + " or the path of a file ending in .yaml");
    }

    /// What a name is that is no machine's.
    private static String whatItIs(String name) {
        try {
            if (!name.isEmpty() && Files.isDirectory(Path.of(name))) {
                return name + " is a directory, and no machine";
            }
            if (Files.exists(Path.of(name)) && !name.isEmpty()) {
                return name + " is a file, but its name does not end in .yaml as a machine's does";
            }
        } catch (InvalidPathException e) {
            return "unknown machine '" + name + "'";
        }
        return "unknown machine '" + name + "'" + Names.suggestion(name, PRESETS);
    }

    /// The machine in the file at `path`; throws like [#named].
    public static MachineFile read(Path path) {
        return MachineReader.read(path.getFileName().toString(), bytes(path));
    }

    private static byte[] bytes(Path path) {
        if (Files.isDirectory(path)) {
            throw new InputException(path + ": a directory; name the file of a machine");
        }
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The text of the file of a machine that [#named] finds, comments included. It has been read
    /// as a machine, and can be again.
    public static String text(String nameOrPath) {
        if (!MachineChanges.parse(nameOrPath, PRESETS).changes().isEmpty()) {
            throw new InputException(
                    nameOrPath
                            + ": the file of a machine is written as it is; leave out what follows"
                            + " its name, and change the file");
        }
        MachineFile checked = named(nameOrPath);
        byte[] bytes =
                PRESETS.contains(nameOrPath) ? resource(nameOrPath) : bytes(Path.of(nameOrPath));
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!parse(nameOrPath, text).model().equals(checked.model())) {
            throw new InputException(nameOrPath + ": the file has changed while it was read");
        }
        return text;
    }

    /// The fields of the file of a machine that [#named] finds, without their sources: maps, lists
    /// and texts.
    public static Object fields(String nameOrPath) {
        return YamlNode.parse(nameOrPath, text(nameOrPath).getBytes(StandardCharsets.UTF_8)).bare();
    }

    /// The machine in `text`; messages call it `fileName`.
    public static MachineFile parse(String fileName, String text) {
        return MachineReader.read(fileName, text.getBytes(StandardCharsets.UTF_8));
    }

    private static MachineFile preset(String name) {
        return MachineReader.read(name + ".yaml", resource(name));
    }

    private static byte[] resource(String name) {
        String file = name + ".yaml";
        try (InputStream in = Machines.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
