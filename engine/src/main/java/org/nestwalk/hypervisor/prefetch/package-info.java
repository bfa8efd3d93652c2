/// Memory that is backed before the guest touches it: because the guest says so, or because its
/// faults are alike.
@NullMarked
package org.nestwalk.hypervisor.prefetch;

import org.jspecify.annotations.NullMarked;
