/// The experiment with watchpoints that rotate over a guest's heap.
@NullMarked
package org.nestwalk.lab.labs.watchpoints;

import org.jspecify.annotations.NullMarked;
