@NullMarked
package org.nestwalk.lab.labs.fidelity;

import org.jspecify.annotations.NullMarked;
