/// Radix tables and the walker: exact two-dimensional translation, its faults and its side effects.
@NullMarked
package org.nestwalk.paging;

import org.jspecify.annotations.NullMarked;
