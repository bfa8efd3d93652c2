/// Guest programs: streams of memory accesses.
@NullMarked
package org.nestwalk.guest;

import org.jspecify.annotations.NullMarked;
