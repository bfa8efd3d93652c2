package org.nestwalk.lab.labs.paper;

import org.nestwalk.Quantities;

/// How papers are reproduced.
///
/// @param footprint bytes of each program's data
/// @param accesses of each run that are measured, after as many that are not
/// @param seed of everything random
record PaperOptions(long footprint, long accesses, long seed) {
    /// The text of the program called `name`.
    String program(String name) {
        return "%s:footprint=%s,accesses=%d,seed=%d"
                .formatted(name, Quantities.formatSize(footprint), 2 * accesses, seed);
    }
}
