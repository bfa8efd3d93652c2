/// Guest memory scattered over the host's by a secret permutation.
@NullMarked
package org.nestwalk.hypervisor.layout;

import org.jspecify.annotations.NullMarked;
