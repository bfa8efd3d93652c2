/* Who owns a guest that moves (designs/028), for Spin (Holzmann, "The model checker SPIN", IEEE
 * Transactions on Software Engineering, May 1997).
 *
 * A source gives a guest to a target over connections that are cut at any moment, and lose what is
 * on its way or not; each side finds out when it will. Either side crashes, forgets everything and
 * begins anew. A human may decide what the source cannot know. States and messages have the names
 * of `SourceState`, `TargetState` and `Message`; rounds are left out, and so is post-copy, whose
 * pages go over after the guest has been handed over just so.
 *
 *   spin -a hand-over.pml                       never two owners, never a guest on both sides,
 *   cc -O2 -DSAFETY -o pan pan.c && ./pan           with cuts, crashes and a human
 *
 *   spin -a -DCRASHES=0 -DLIVENESS hand-over.pml   without crashes exactly one side runs the
 *   cc -O2 -o pan pan.c && ./pan -a                    guest in the end, and nobody need decide
 *
 * Cuts and crashes are finitely many, so every run ends, and no fairness need be assumed.
 *
 * Faults, each of which gives errors: -DKEPT_AFTER_GO, -DRUNS_WHEN_READY, -DDENIES (safety), and
 * -DNEVER_ASKS (liveness).
 */

#ifndef CUTS
#define CUTS 3
#endif
#ifndef CRASHES
#define CRASHES 2
#endif

mtype = { Offer, Accepted, Refused, State, Ready, Go, Running, Settled, Cancel, Resume, Unknown };
mtype:source = { OFFERING, COPYING, ASKING, IN_DOUBT, GONE, KEPT, NOTHING };
mtype:target = { WAITING, RECEIVING, READY, RUNNING, SETTLED, LOST };

mtype:source source = OFFERING;
mtype:target target = WAITING;
bool here = true;             /* the guest runs at the source */
bool there = false;           /* the guest runs at the target */

chan toTarget = [4] of { mtype };
chan toSource = [4] of { mtype };
bool carries = false;         /* there is a connection, and it is not cut */
bool sourceOpen = false;      /* the source believes that there is one */
bool targetOpen = false;      /* the target believes so */
bool offered = false;
bool hasTold = true;          /* the source need not tell the target that the guest stays */
byte cuts = CUTS;
byte crashes = CRASHES;

#define ownsHere (source == OFFERING || source == COPYING || source == ASKING || source == KEPT)
#define ownsThere (target == RUNNING || target == SETTLED)
#define one ((here && !there) || (there && !here))

inline check() {
  assert(!(here && there));
  assert(!(ownsHere && ownsThere));
}

/* What is said over a connection that is cut is lost. */
inline say(channel, message) {
  if
  :: carries -> channel ! message
  :: else
  fi
}

inline empty_all() {
  do
  :: toTarget ? _
  :: toSource ? _
  :: empty(toTarget) && empty(toSource) -> break
  od
}

inline connect(message) {
  empty_all();
  carries = true;
  sourceOpen = true;
  targetOpen = true;
  toTarget ! message
}

inline keep() {
  source = KEPT;
  here = true
}

active proctype Source() {
  mtype m;
end:
  do
  :: atomic { source == OFFERING && !offered && !targetOpen ->
       offered = true; connect(Offer) }
  :: atomic { source == OFFERING && !sourceOpen ->          /* nobody is there */
       offered = true; keep(); check() }
  :: atomic { source == COPYING ->                          /* a policy stops the guest */
       here = false; source = ASKING; hasTold = false; say(toTarget, State); check() }
  :: atomic { source == COPYING ->                          /* or gives up */
       say(toTarget, Cancel); keep(); check() }
  :: atomic { sourceOpen && nempty(toSource) -> toSource ? m;
       if
       :: m == Accepted && source == OFFERING -> source = COPYING
       :: m == Refused && ownsHere -> keep(); hasTold = true
       :: m == Ready && source == ASKING -> source = IN_DOUBT; say(toTarget, Go)
       :: m == Ready && source == IN_DOUBT -> say(toTarget, Go)
       :: m == Ready && source == KEPT -> say(toTarget, Cancel); hasTold = true
       :: m == Running && source == IN_DOUBT -> source = GONE; say(toTarget, Settled)
       :: m == Unknown && source == IN_DOUBT -> keep()
       :: else
       fi;
       m = 0;
       check() }
  :: atomic { sourceOpen && !carries && empty(toSource) ->  /* it finds out about a cut */
       sourceOpen = false;
       if
       :: ownsHere -> keep()
#ifdef KEPT_AFTER_GO
       :: source == IN_DOUBT -> keep()
#endif
       :: else
       fi;
       check() }
#ifndef NEVER_ASKS
  :: atomic { source == IN_DOUBT && !sourceOpen && !targetOpen ->
       connect(Resume) }
#endif
  :: atomic { source == KEPT && !hasTold && !sourceOpen && !targetOpen ->
       hasTold = true; connect(Resume) }
  :: atomic { crashes > 0 ->
       crashes--; source = NOTHING; here = false; sourceOpen = false; carries = false; check() }
  od
}

active proctype Target() {
  mtype m;
end:
  do
  :: atomic { targetOpen && nempty(toTarget) -> toTarget ? m;
       if
       :: m == Offer && target == WAITING -> target = RECEIVING; say(toSource, Accepted)
       :: m == Offer -> say(toSource, Refused)
       :: m == State && target == RECEIVING ->              /* it is what was sent */
          target = READY; say(toSource, Ready);
#ifdef RUNS_WHEN_READY
          target = RUNNING; there = true
#endif
       :: m == State && target == RECEIVING ->              /* it is not */
          target = LOST; say(toSource, Refused)
       :: m == Go && target == READY -> target = RUNNING; there = true; say(toSource, Running)
       :: m == Go && ownsThere -> say(toSource, Running)
       :: m == Settled && ownsThere -> target = SETTLED
       :: m == Cancel && !ownsThere -> target = LOST
       :: m == Resume && target == READY -> say(toSource, Ready)
#ifdef DENIES
       :: m == Resume && ownsThere -> say(toSource, Unknown)
#else
       :: m == Resume && ownsThere -> say(toSource, Running)
#endif
       :: m == Resume && target != READY && !ownsThere -> say(toSource, Unknown)
       :: else
       fi;
       m = 0;
       check() }
  :: atomic { targetOpen && !carries && empty(toTarget) ->
       targetOpen = false;
       if
       :: target == RECEIVING -> target = LOST
       :: else
       fi;
       check() }
  :: atomic { crashes > 0 ->
       crashes--; target = WAITING; there = false; targetOpen = false; carries = false; check() }
  od
}

/* Cuts connections, and loses what is on its way in either direction, or delivers it yet. A side
 * that waits for too long is a cut that it finds out about at once. */
active proctype Network() {
end:
  do
  :: atomic { carries && cuts > 0 ->
       cuts--;
       carries = false;
       if
       :: do :: toTarget ? _ :: empty(toTarget) -> break od
       :: skip
       fi;
       if
       :: do :: toSource ? _ :: empty(toSource) -> break od
       :: skip
       fi }
  od
}

#ifndef LIVENESS
/* Decides when one side is in doubt and the other cannot be reached: looks at both, and makes sure
 * that what is not to run the guest never will, before the other does. */
active proctype Human() {
end:
  do
  :: atomic { source == IN_DOUBT && !sourceOpen && !carries && ownsThere ->
       source = GONE; check() }
  :: atomic { source == IN_DOUBT && !sourceOpen && !carries && !ownsThere ->
       target = LOST; targetOpen = false; empty_all(); keep(); check() }
  :: atomic { source == NOTHING && target == READY && !carries ->
       target = RUNNING; there = true; targetOpen = false; empty_all(); check() }
  od
}

#else
ltl settles { <> [] one }
#endif
