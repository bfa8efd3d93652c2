/// Seeded pseudo-random numbers: the same seed gives the same numbers on every machine and JDK.
@NullMarked
package org.nestwalk.random;

import org.jspecify.annotations.NullMarked;
