/// Attacks on a kernel by somebody who executes code in it already, or has a device write to its
/// memory.
@NullMarked
package org.nestwalk.guest.kernel.image.attack;

import org.jspecify.annotations.NullMarked;
