/// Devices that reach memory by themselves: an IOMMU's driver, ways of protecting buffers, devices
/// that are assigned to virtual machines, and what checks all of that.
@NullMarked
package org.nestwalk.hypervisor.devices;

import org.jspecify.annotations.NullMarked;
