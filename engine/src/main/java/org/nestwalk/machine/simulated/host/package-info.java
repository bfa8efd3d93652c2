/// What all virtual machines of a simulated machine have in common: the frames of physical memory
/// and who has them, what memory costs by where it is, who may touch all this, and who pays.
@NullMarked
package org.nestwalk.machine.simulated.host;

import org.jspecify.annotations.NullMarked;
