/// Virtual machines as values: all that a machine knows of one, to go on with elsewhere or again.
@NullMarked
package org.nestwalk.machine.state;

import org.jspecify.annotations.NullMarked;
