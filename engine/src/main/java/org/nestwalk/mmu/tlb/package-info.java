/// Translations that a processor keeps: TLBs, the nested TLB, and what invalidates them.
@NullMarked
package org.nestwalk.mmu.tlb;

import org.jspecify.annotations.NullMarked;
