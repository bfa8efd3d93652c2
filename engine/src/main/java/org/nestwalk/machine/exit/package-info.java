/// What every machine does with exits alike: offers them to the parts of a hypervisor, and keeps
/// what these withhold from guests.
@NullMarked
package org.nestwalk.machine.exit;

import org.jspecify.annotations.NullMarked;
