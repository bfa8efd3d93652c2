package org.nestwalk.guest.program;

/// A program of somebody else's.
///
/// It is found by [java.util.ServiceLoader]: a class with a public constructor without parameters,
/// named in `META-INF/services/org.nestwalk.guest.program.ProgramProvider` of a jar on the class
/// path, adds a program that every command and lab takes as they take those of this library.
@FunctionalInterface
public interface ProgramProvider {
    /// What the program is, and how its stream is made: the same answer each time.
    ProgramDefinition definition();
}
