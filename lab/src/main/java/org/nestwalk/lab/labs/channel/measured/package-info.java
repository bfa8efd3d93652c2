/// The timing channel for real: loads over 4K and 2M mappings of this host, natively or in a guest
/// of its KVM, told apart by their time.
@NullMarked
package org.nestwalk.lab.labs.channel.measured;

import org.jspecify.annotations.NullMarked;
