/// The experiments that there are, a folder each.
@NullMarked
package org.nestwalk.lab.labs;

import org.jspecify.annotations.NullMarked;
