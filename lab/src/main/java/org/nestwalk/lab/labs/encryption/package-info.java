/// Memory encryption of virtual machines: its cost, and what it is worth against the hypervisor.
@NullMarked
package org.nestwalk.lab.labs.encryption;

import org.jspecify.annotations.NullMarked;
