/// Documents as comma-separated values.
@NullMarked
package org.nestwalk.document.csv;

import org.jspecify.annotations.NullMarked;
