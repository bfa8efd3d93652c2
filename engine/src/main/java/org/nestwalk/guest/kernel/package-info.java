/// The guest's kernel: processes with page tables in guest memory, page faults by first touch,
/// large pages, copy-on-write, invalidation of cached translations, and a scheduler. It knows
/// nothing below the seam ([org.nestwalk.machine]), so it runs unchanged on whatever runs virtual
/// machines.
@NullMarked
package org.nestwalk.guest.kernel;

import org.jspecify.annotations.NullMarked;
