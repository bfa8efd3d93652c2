/// How long accesses take that are under way at once (`designs/032`).
@NullMarked
package org.nestwalk.mmu.time;

import org.jspecify.annotations.NullMarked;
