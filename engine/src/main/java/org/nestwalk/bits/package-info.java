/// Formats of the architecture as static functions on `long`: paging entries, error codes,
/// registers.
@NullMarked
package org.nestwalk.bits;

import org.jspecify.annotations.NullMarked;
