/// Physical memory and the allocation of its frames.
@NullMarked
package org.nestwalk.memory;

import org.jspecify.annotations.NullMarked;
