/// What merging pages of the same contents saves, when and at what cost, beside fork; and what it
/// tells a neighbour.
@NullMarked
package org.nestwalk.lab.labs.merging;

import org.jspecify.annotations.NullMarked;
