/// What software has an IOMMU forget: descriptors in a queue in memory.
@NullMarked
package org.nestwalk.iommu.queue;

import org.jspecify.annotations.NullMarked;
