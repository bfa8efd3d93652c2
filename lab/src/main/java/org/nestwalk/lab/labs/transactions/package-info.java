/// Transactions in a virtual machine: what aborts them, and what a hypervisor can do about it.
@NullMarked
package org.nestwalk.lab.labs.transactions;

import org.jspecify.annotations.NullMarked;
