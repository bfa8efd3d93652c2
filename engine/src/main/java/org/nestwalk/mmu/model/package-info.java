/// The parameters of a modelled processor, as data.
@NullMarked
package org.nestwalk.mmu.model;

import org.jspecify.annotations.NullMarked;
