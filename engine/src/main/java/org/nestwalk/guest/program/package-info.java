/// Programs that generate their accesses: known access patterns with size, seed and parameters.
///
/// Each generates the loads and stores that the named program makes to its large data structures:
/// addresses of naturally aligned words of at most 8 bytes, so none crosses a page. Instruction
/// fetches, stack and scalar variables are left out. The structures are computed, not stored, so
/// that footprints of terabytes need no memory here.
@NullMarked
package org.nestwalk.guest.program;

import org.jspecify.annotations.NullMarked;
