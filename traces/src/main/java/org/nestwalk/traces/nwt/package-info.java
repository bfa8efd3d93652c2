/// Nestwalk's own trace format: what `traces/FORMAT.md` describes byte by byte.
@NullMarked
package org.nestwalk.traces.nwt;

import org.jspecify.annotations.NullMarked;
