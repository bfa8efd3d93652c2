package org.nestwalk.guest.program;

import java.util.List;
import java.util.StringJoiner;
import org.nestwalk.InputException;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.StepSource;
import org.nestwalk.parameter.Parameter;

/// A program whose parameters have values; made by [ProgramSpec#parse].
public final class Program {
    private final ProgramDefinition definition;
    private final ProgramArguments arguments;

    Program(ProgramDefinition definition, ProgramArguments arguments) {
        this.definition = definition;
        this.arguments = arguments;
    }

    /// How users call it, for example `gups`.
    public String name() {
        return definition.name();
    }

    /// One line.
    public String description() {
        return definition.description();
    }

    /// Where it is published.
    public String source() {
        return definition.source();
    }

    /// Its parameters, in the order to show them.
    public List<Parameter> parameters() {
        return definition.parameters();
    }

    /// The value of a parameter in canonical form; the name must be that of one of [#parameters].
    public String value(String parameter) {
        return arguments.text(parameter);
    }

    /// The text that makes this program again, with every parameter.
    public String spec() {
        StringJoiner spec = new StringJoiner(",", name() + ":", "");
        for (Parameter parameter : parameters()) {
            spec.add(parameter.name() + "=" + value(parameter.name()));
        }
        return spec.toString();
    }

    /// The lowest linear address it may touch.
    public long base() {
        return arguments.base();
    }

    /// Bytes from [#base] within which all its addresses lie.
    public long footprint() {
        return definition.fixedFootprint() != 0
                ? definition.fixedFootprint()
                : arguments.footprint();
    }

    /// How many accesses it makes.
    public long accesses() {
        return arguments.accesses();
    }

    /// Whether it makes system calls: its memory is then what it maps, and nothing before.
    public boolean makesCalls() {
        return !(steps() instanceof AccessSource);
    }

    /// A fresh stream from the start, with its system calls; every stream has the same steps.
    public StepSource steps() {
        return definition.factory().apply(arguments);
    }

    /// A fresh stream from the start, for whoever has no kernel.
    ///
    /// @throws InputException if it makes system calls
    public AccessSource open() {
        if (steps() instanceof AccessSource accesses) {
            return accesses;
        }
        throw new InputException(
                "program %s makes system calls, for which it needs a guest's kernel: it runs in virtual machines only"
                        .formatted(name()));
    }
}
