/// How the CPUs of a simulated virtual machine forget what they have cached of its second level.
@NullMarked
package org.nestwalk.machine.simulated.shootdown;

import org.jspecify.annotations.NullMarked;
