/// Who stops an access that a guest's kernel and its hypervisor both have to allow.
@NullMarked
package org.nestwalk.lab.labs.permissions;

import org.jspecify.annotations.NullMarked;
