/// Live migration: the loop that sends the memory of a running guest round after round, what it
/// asks of the guest and of the link to the other host, and a guest whose writes are known
/// beforehand with a link in virtual time.
@NullMarked
package org.nestwalk.hypervisor.migration;

import org.jspecify.annotations.NullMarked;
