/// What every module shares: the one exception for bad input.
@NullMarked
package org.nestwalk;

import org.jspecify.annotations.NullMarked;
