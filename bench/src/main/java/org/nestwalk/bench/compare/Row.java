package org.nestwalk.bench.compare;

import java.util.List;

/// One measurement of the table, which can be selected with `--only`.
interface Row {
    /// Its name: a group, or a group and a part after a hyphen.
    String name();

    /// Measures in rounds, and judges.
    List<Line> measure(Laboratory laboratory);
}
