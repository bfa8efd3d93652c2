/// The timing of page walks as a side channel: what an attacker who times accesses learns of
/// another's mappings, and what defences cost.
@NullMarked
package org.nestwalk.lab.labs.channel;

import org.jspecify.annotations.NullMarked;
