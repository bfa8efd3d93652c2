/// What one pass over a trace tells: counts, footprint, reuse.
@NullMarked
package org.nestwalk.traces.stats;

import org.jspecify.annotations.NullMarked;
