package org.nestwalk.lab.compare;

import java.util.OptionalLong;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.program.Program;

/// A generated program.
record ProgramWorkload(Program program) implements Workload {
    @Override
    public String name() {
        return program.spec();
    }

    @Override
    public AccessSource open() {
        return program.open();
    }

    @Override
    public StepSource steps() {
        return program.steps();
    }

    @Override
    public OptionalLong accesses() {
        return OptionalLong.of(program.accesses());
    }

    @Override
    public String identity() {
        return "program " + program.spec();
    }
}
