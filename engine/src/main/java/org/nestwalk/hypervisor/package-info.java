/// What a hypervisor does with the second level: policies on the seam of [org.nestwalk.machine],
/// one a file.
@NullMarked
package org.nestwalk.hypervisor;

import org.jspecify.annotations.NullMarked;
