/// Guards the code of a guest's kernel from outside: by write protection, by the log of written
/// pages, by both, by hashing, by parts of pages, and with the guest's page tables.
@NullMarked
package org.nestwalk.hypervisor.monitor;

import org.jspecify.annotations.NullMarked;
