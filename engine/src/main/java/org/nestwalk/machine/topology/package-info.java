/// NUMA at the seam: which nodes a machine has, what their memory costs, and who decides where
/// pages, second-level tables and virtual CPUs are.
@NullMarked
package org.nestwalk.machine.topology;

import org.jspecify.annotations.NullMarked;
