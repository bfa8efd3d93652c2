/// Guests that move from one process to another, as `vm migrate` and `vm receive` do it.
@NullMarked
package org.nestwalk.lab.migration.move;

import org.jspecify.annotations.NullMarked;
