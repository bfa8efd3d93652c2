/// What shortens page walks, repeats them, watches them and charges for them.
@NullMarked
package org.nestwalk.mmu.walk;

import org.jspecify.annotations.NullMarked;
