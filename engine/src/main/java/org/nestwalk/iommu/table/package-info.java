/// The tables that tell an IOMMU which device is translated how, and domains' second stages.
@NullMarked
package org.nestwalk.iommu.table;

import org.jspecify.annotations.NullMarked;
