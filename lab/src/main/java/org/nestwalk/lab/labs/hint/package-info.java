/// What it is worth to tell the hypervisor of large pages before they are used.
@NullMarked
package org.nestwalk.lab.labs.hint;

import org.jspecify.annotations.NullMarked;
