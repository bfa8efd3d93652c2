/// The seam: virtual machines as a hypervisor's policies and a guest's kernel see them, whatever
/// runs them.
///
/// Everything above knows only this package. [org.nestwalk.machine.simulated] implements it on the
/// exact model of translation; what another machine cannot do it says by
/// [org.nestwalk.machine.Capability].
@NullMarked
package org.nestwalk.machine;

import org.jspecify.annotations.NullMarked;
