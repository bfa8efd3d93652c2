/// Readers and writers of memory-trace formats, and recording of real programs.
@NullMarked
package org.nestwalk.traces;

import org.jspecify.annotations.NullMarked;
