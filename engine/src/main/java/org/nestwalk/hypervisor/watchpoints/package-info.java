/// Watchpoints that rotate over a guest's pages: a few at a time lose rights, and who accesses them
/// without a right to is caught.
@NullMarked
package org.nestwalk.hypervisor.watchpoints;

import org.jspecify.annotations.NullMarked;
