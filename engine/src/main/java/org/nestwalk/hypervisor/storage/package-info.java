/// Disks that a hypervisor gives its guests, with or without the host's page cache between.
@NullMarked
package org.nestwalk.hypervisor.storage;

import org.jspecify.annotations.NullMarked;
