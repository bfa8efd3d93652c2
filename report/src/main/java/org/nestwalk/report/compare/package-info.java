/// Saved results of the same kind beside each other.
@NullMarked
package org.nestwalk.report.compare;

import org.jspecify.annotations.NullMarked;
