/// Memory that is loaded when it is needed: by faults, ahead of them, or beside them.
@NullMarked
package org.nestwalk.hypervisor.lazy;

import org.jspecify.annotations.NullMarked;
