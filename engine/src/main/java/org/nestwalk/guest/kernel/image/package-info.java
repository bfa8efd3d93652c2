/// The code of a guest's kernel in its memory: text, constants, data and modules, and how a kernel
/// legitimately changes them while it runs.
@NullMarked
package org.nestwalk.guest.kernel.image;

import org.jspecify.annotations.NullMarked;
