/// Devices at the seam: they reach memory by DMA, through an IOMMU.
@NullMarked
package org.nestwalk.machine.device;

import org.jspecify.annotations.NullMarked;
