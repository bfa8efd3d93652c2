/// What is counted of translation.
@NullMarked
package org.nestwalk.mmu.count;

import org.jspecify.annotations.NullMarked;
