/// Sets of entries that replace each other: the shapes that TLBs and caches are made of, with the
/// replacement policies.
@NullMarked
package org.nestwalk.mmu.sets;

import org.jspecify.annotations.NullMarked;
