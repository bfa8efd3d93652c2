/// One walk, explained reference by reference.
@NullMarked
package org.nestwalk.lab.explain;

import org.jspecify.annotations.NullMarked;
