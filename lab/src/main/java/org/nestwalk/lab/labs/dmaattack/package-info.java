/// What hostile devices, and hostile guests with devices, get of memory.
@NullMarked
package org.nestwalk.lab.labs.dmaattack;

import org.jspecify.annotations.NullMarked;
