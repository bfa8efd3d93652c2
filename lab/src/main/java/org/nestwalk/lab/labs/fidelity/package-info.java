/// Published ratios beside what the model makes of the same programs.
@NullMarked
package org.nestwalk.lab.labs.fidelity;

import org.jspecify.annotations.NullMarked;
