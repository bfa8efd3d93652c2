/// A machine with an IOMMU and a network card, and what runs on it.
@NullMarked
package org.nestwalk.lab.devices;

import org.jspecify.annotations.NullMarked;
