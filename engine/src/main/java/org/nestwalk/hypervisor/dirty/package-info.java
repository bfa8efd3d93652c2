/// How a hypervisor tracks the pages that a guest writes: what becomes of large pages meanwhile,
/// and how fast pages are written.
@NullMarked
package org.nestwalk.hypervisor.dirty;

import org.jspecify.annotations.NullMarked;
