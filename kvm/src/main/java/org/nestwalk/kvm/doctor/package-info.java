/// What a host offers that Nestwalk can make use of.
@NullMarked
package org.nestwalk.kvm.doctor;

import org.jspecify.annotations.NullMarked;
