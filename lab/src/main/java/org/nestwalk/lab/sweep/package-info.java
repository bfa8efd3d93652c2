/// Studies: an experiment for every combination of values, in a folder in which what is finished
/// stays finished (`designs/042`).
@NullMarked
package org.nestwalk.lab.sweep;

import org.jspecify.annotations.NullMarked;
