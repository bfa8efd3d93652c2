/// Data caches in front of memory, and what memory behind them costs more.
@NullMarked
package org.nestwalk.mmu.cache;

import org.jspecify.annotations.NullMarked;
