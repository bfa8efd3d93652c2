/// Finding pages of virtual machines that hold the same, or nearly the same, and keeping them once.
@NullMarked
package org.nestwalk.hypervisor.merging;

import org.jspecify.annotations.NullMarked;
