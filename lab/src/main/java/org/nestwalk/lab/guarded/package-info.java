/// A guest whose kernel has its code in its memory, for experiments with those who guard it.
@NullMarked
package org.nestwalk.lab.guarded;

import org.jspecify.annotations.NullMarked;
