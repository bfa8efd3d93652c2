/// What processors add to the walk: TLBs, paging-structure caches, the cache hierarchy, cycles.
@NullMarked
package org.nestwalk.mmu;

import org.jspecify.annotations.NullMarked;
