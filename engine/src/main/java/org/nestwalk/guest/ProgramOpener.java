package org.nestwalk.guest;

/// Opens programs by what names them.
@FunctionalInterface
public interface ProgramOpener {
    /// A fresh stream of `program` from its start; every stream has the same steps.
    ///
    /// @throws org.nestwalk.InputException if it knows no such program
    StepSource open(TaskProgram program);
}
