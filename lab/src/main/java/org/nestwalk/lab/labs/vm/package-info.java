/// Programs in a virtual machine as an experiment: what it can be asked, and what it says, whatever
/// machine it runs on.
@NullMarked
package org.nestwalk.lab.labs.vm;

import org.jspecify.annotations.NullMarked;
