package org.nestwalk.mmu.walk;

import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// Makes walkers of the same tables.
public interface WalkerFactory {
    /// A walker of the tables through `secondLevel` that `visitor` watches and `caches` shorten.
    Walker create(SecondLevel secondLevel, WalkVisitor visitor, WalkCaches caches);
}
