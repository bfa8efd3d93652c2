/// Pages of files that guest and host both keep, and whether second-level faults come from reading
/// them.
@NullMarked
package org.nestwalk.lab.labs.doublecaching;

import org.jspecify.annotations.NullMarked;
