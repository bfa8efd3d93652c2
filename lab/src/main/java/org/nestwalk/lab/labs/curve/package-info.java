/// Misses and translation cycles over the size of the second-level TLB, in one pass.
@NullMarked
package org.nestwalk.lab.labs.curve;

import org.jspecify.annotations.NullMarked;
