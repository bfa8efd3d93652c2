/* Taking a guest's pages away while CPUs fault and prefetch (designs/040), for Spin (Holzmann, "The
 * model checker SPIN", IEEE Transactions on Software Engineering, May 1997).
 *
 * Two CPUs run in a guest of two pages, one invalidator moves pages to other frames or both at once,
 * and frees their old ones; a prefetcher maps pages ahead of CPUs. At first one large page maps
 * both, which is split, and the table of its pieces may be given back. Names are those of the
 * classes in `machine/invalidation`.
 *
 *   spin -a invalidation.pml                        no use of a freed frame or table, no stale
 *   cc -O2 -DSAFETY -o pan pan.c && ./pan           translation after the invalidation has returned
 *
 *   spin -a invalidation.pml                        every retry loop ends
 *   cc -O2 -DNP -DNFAIR=3 -o pan pan.c && ./pan -l -f
 *
 * Elements that can be left out, each of which gives errors: -DNO_SEQUENCE, -DNO_RANGE,
 * -DNO_IN_PROGRESS, -DNO_BARRIER, -DFREE_BEFORE_FLUSH, -DFREE_AT_ONCE (safety), and -DNEVER_ENDS.
 */

#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef ACCESSES
#define ACCESSES 2
#endif

#define CPUS 2
#define NONE 9

mtype:top = { EMPTY, LARGE, TABLE };
mtype:top top = LARGE;        /* the entry for the 2-MiB range */

byte host[2];                 /* the frame that the host has for a page */
bool freed[6];                /* frames that have been given back */
byte entry[2];                /* entries of the table, if there is one */
bool tableFreed = false;
byte readers = 0;             /* who walks tables without the lock */

byte sequence = 0;            /* InvalidationSequence */
byte inProgress = 0;
byte first, last;
bool locked = false;

bool inGuest[CPUS];           /* CpuRequests */
bool requested[CPUS];
byte cached[4];               /* TLBs: two pages a CPU */
byte next = 2;                /* the next frame that is free */

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

/* Maps a page as a fault does: `f` is what the host has, `s` the sequence before that was asked. */
inline map(p, f, s, t)
{
    do
    ::  /* Looks first, without the lock, whether it is mapped: a table may go meanwhile. */
        atomic { readers++; t = top };
        if
        ::  t == TABLE -> assert(!tableFreed)
        ::  else
        fi;
        readers--;
        s = sequence;
        f = host[p];
        /* With the lock, under which nothing else changes an entry: one step. */
        atomic {
            !locked ->
            if
#ifndef NO_SEQUENCE
            ::  s != sequence
#endif
#ifndef NO_IN_PROGRESS
#ifdef NO_RANGE
            ::  inProgress > 0 && p == first
#else
            ::  inProgress > 0 && p >= first && p <= last
#endif
#endif
            ::  else ->
                if
                ::  top == EMPTY -> top = TABLE; tableFreed = false; entry[0] = NONE;
                    entry[1] = NONE
                ::  else
                fi;
                if
                ::  top == TABLE && entry[p] == NONE -> entry[p] = f
                ::  else
                fi;
                f = 0; s = 0; t = EMPTY;
                break
            fi;
            f = 0; s = 0; t = EMPTY
        }
    od
}

inline forget(c) { cached[2 * c] = NONE; cached[2 * c + 1] = NONE }

proctype Cpu(byte c)
{
    byte p, f, s, made;
    mtype:top t = EMPTY;
    made = 0;
    do
    ::  made == ACCESSES -> break
    ::  else ->
        if :: p = 0 :: p = 1 fi;
enter:
#ifdef NO_BARRIER
        /* The store is still in the store buffer when requests are read. */
        if
        ::  requested[c] -> atomic { forget(c); requested[c] = false }; goto enter
        ::  else
        fi;
        inGuest[c] = true;
#else
        inGuest[c] = true;
        if
        ::  requested[c] ->
            atomic { forget(c); requested[c] = false; inGuest[c] = false }; goto enter
        ::  else
        fi;
#endif
        /* In the guest: an access by the TLB, or by a walk, which is one step for an interrupt. */
        atomic {
            if
            ::  cached[2 * c + p] == NONE && top == LARGE ->
                cached[2 * c] = host[0]; cached[2 * c + 1] = host[1]
            ::  cached[2 * c + p] == NONE && top == TABLE && entry[p] != NONE ->
                cached[2 * c + p] = entry[p]
            ::  else
            fi
        };
        if
        ::  atomic { requested[c] -> forget(c); requested[c] = false; inGuest[c] = false };
            goto enter
        ::  atomic { !requested[c] && cached[2 * c + p] == NONE -> inGuest[c] = false };
            map(p, f, s, t)
        ::  atomic {
                !requested[c] && cached[2 * c + p] != NONE ->
                assert(!freed[cached[2 * c + p]]);
                made++;
                p = 0;
                inGuest[c] = false
            }
#ifdef NO_BARRIER
            /* Who has missed a request goes on with what it has cached. */
        ::  atomic {
                requested[c] && cached[2 * c + p] != NONE ->
                assert(!freed[cached[2 * c + p]])
            }
#endif
        fi
    od
}

proctype Prefetcher()
{
    byte f, s;
    mtype:top t = EMPTY;
    map(1, f, s, t)
}

/* Has CPUs in the guest leave it and forget, and waits; others will before they enter. */
inline flush()
{
    requested[0] = true;
    requested[1] = true;
    (!inGuest[0] || !requested[0]);
    (!inGuest[1] || !requested[1])
}

/* The large page of `top` becomes a table with the same translations. */
inline split()
{
    atomic {
        if
        ::  top == LARGE ->
            entry[0] = host[0]; entry[1] = host[1]; top = TABLE; tableFreed = false
        ::  else
        fi
    }
}

inline giveBackTable()
{
    atomic {
        top == TABLE && entry[0] == NONE && entry[1] == NONE -> top = EMPTY
    };
#ifndef FREE_AT_ONCE
    readers == 0;
#endif
    tableFreed = true
}

proctype Invalidator()
{
    byte round, old0, old1;
    round = 0;
    do
    ::  round == ROUNDS -> break
    ::  else ->
        atomic {
            !locked -> locked = true;
            inProgress++;
            if
            ::  first = 0; last = 0
            ::  first = 1; last = 1
            ::  first = 0; last = 1
            fi;
            split();
            old0 = NONE; old1 = NONE;
            if
            ::  first == 0 -> old0 = host[0]; if :: top == TABLE -> entry[0] = NONE :: else fi
            ::  else
            fi;
            if
            ::  last == 1 -> old1 = host[1]; if :: top == TABLE -> entry[1] = NONE :: else fi
            ::  else
            fi
        };
#ifdef FREE_BEFORE_FLUSH
        atomic {
            if :: old0 != NONE -> freed[old0] = true :: else fi;
            if :: old1 != NONE -> freed[old1] = true :: else fi
        };
#endif
        flush();
        if
        ::  top == TABLE && entry[0] == NONE && entry[1] == NONE -> giveBackTable()
        ::  true
        fi;
        unlock();
        /* The host moves the pages, and frees their frames. */
        atomic {
            if :: old0 != NONE -> host[0] = next; next++; freed[old0] = true :: else fi;
            if :: old1 != NONE -> host[1] = next; next++; freed[old1] = true :: else fi
        };
        atomic {
            !locked ->
            sequence++;
#ifndef NEVER_ENDS
            inProgress--;
#endif
            round++
        }
    od
}

init {
    atomic {
        host[0] = 0; host[1] = 1;
        entry[0] = NONE; entry[1] = NONE;
        cached[0] = NONE; cached[1] = NONE; cached[2] = NONE; cached[3] = NONE;
        run Cpu(0); run Cpu(1); run Prefetcher(); run Invalidator()
    }
}
