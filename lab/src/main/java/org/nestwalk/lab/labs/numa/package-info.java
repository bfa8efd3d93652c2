/// What page walks cost where tables are on other NUMA nodes, and what moving or copying them is
/// worth.
@NullMarked
package org.nestwalk.lab.labs.numa;

import org.jspecify.annotations.NullMarked;
