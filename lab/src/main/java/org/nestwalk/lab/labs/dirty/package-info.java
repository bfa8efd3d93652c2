/// What it costs to find the pages that a guest writes, by each way that there is.
@NullMarked
package org.nestwalk.lab.labs.dirty;

import org.jspecify.annotations.NullMarked;
