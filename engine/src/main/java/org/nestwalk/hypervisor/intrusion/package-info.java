/// Finds intruders by nothing but which pages a guest writes.
@NullMarked
package org.nestwalk.hypervisor.intrusion;

import org.jspecify.annotations.NullMarked;
