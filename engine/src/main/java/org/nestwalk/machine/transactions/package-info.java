/// Restricted transactional memory (Intel SDM volume 1, chapter 16) at the seam: what a processor
/// offers, why it aborts, and how programs run as transactions.
@NullMarked
package org.nestwalk.machine.transactions;

import org.jspecify.annotations.NullMarked;
