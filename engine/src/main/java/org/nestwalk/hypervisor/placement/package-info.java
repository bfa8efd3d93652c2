/// Where a hypervisor puts a virtual machine's memory and second-level tables on NUMA nodes:
/// policies on [org.nestwalk.machine.topology.NodePlacement], one a file. Backing at the first
/// touch, on the node of the CPU that touches, is [org.nestwalk.hypervisor.FirstTouch].
@NullMarked
package org.nestwalk.hypervisor.placement;

import org.jspecify.annotations.NullMarked;
