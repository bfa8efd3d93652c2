/// Virtual machines on the exact model of translation: physical memory with contents, frames that
/// are allocated, processors with TLBs, exits with their costs.
@NullMarked
package org.nestwalk.machine.simulated;

import org.jspecify.annotations.NullMarked;
