/// An IOMMU: what stands between devices and memory, after Intel's VT-d.
@NullMarked
package org.nestwalk.iommu;

import org.jspecify.annotations.NullMarked;
