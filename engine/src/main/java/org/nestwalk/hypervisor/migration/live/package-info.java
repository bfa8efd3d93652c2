/// Guests that move while they run: both sides, and what they say to each other (`designs/028`).
@NullMarked
package org.nestwalk.hypervisor.migration.live;

import org.jspecify.annotations.NullMarked;
