@NullMarked
package org.nestwalk.mmu.time;

import org.jspecify.annotations.NullMarked;
