/// A link between two hosts in virtual time: what it carries, how fast, and where it is cut.
@NullMarked
package org.nestwalk.hypervisor.migration.live.link;

import org.jspecify.annotations.NullMarked;
