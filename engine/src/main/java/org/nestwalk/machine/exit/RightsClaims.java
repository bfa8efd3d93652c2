package org.nestwalk.machine.exit;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.memory.PageSet;

/// All claims on the rights of one virtual machine's pages, and what they leave to the guest. Used
/// while no CPU is in the guest.
public final class RightsClaims {
    /// What [#allowed(long, long)] says of a range on which pages differ.
    public static final int MIXED = -1;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int[] RIGHTS = {
        SecondLevelMap.READ, SecondLevelMap.WRITE, SecondLevelMap.EXECUTE
    };

    private final long memoryBytes;
    private final int withholdable;
    private final boolean executeOnly;
    private final Mapping mapping;
    private final List<Claim> claims = new ArrayList<>();

    /// The mapping that carries out what is claimed.
    @FunctionalInterface
    public interface Mapping {
        /// Gives every backed page of a range the rights that [RightsClaims#allowed(long)] says.
        ///
        /// @param changed the rights of which a claim says something else than before
        void rightsChanged(long gpa, long bytes, int changed);

        /// As [#rightsChanged(long, long, int)], of several ranges.
        default void rightsChanged(PageSet pages, int changed) {
            pages.forEachRange((gpa, bytes) -> rightsChanged(gpa, bytes, changed));
        }
    }

    /// Whether processors can let some writes through where writing is withheld.
    private boolean letsThrough;

    /// No claims.
    ///
    /// @param withholdable the rights that the machine can withhold
    /// @param executeOnly whether the machine can grant execution without reading
    public RightsClaims(long memoryBytes, int withholdable, boolean executeOnly, Mapping mapping) {
        this.memoryBytes = memoryBytes;
        this.withholdable = withholdable;
        this.executeOnly = executeOnly;
        this.mapping = mapping;
    }

    /// Claims of a machine whose processors can let some writes through where writing is withheld.
    public void letThrough() {
        letsThrough = true;
    }

    /// Whether any claim lets some writes through on pages of a range.
    public boolean letThrough(long gpa, long bytes) {
        return letsThrough && claims.stream().anyMatch(claim -> claim.through.any(gpa, bytes));
    }

    /// The pages of a range on which a claim lets some writes through.
    public PageSet through(long gpa, long bytes) {
        PageSet pages = new PageSet();
        if (letsThrough) {
            claims.forEach(claim -> claim.through.addTo(pages, gpa, bytes));
        }
        return pages;
    }

    /// Whether all claims that withhold writing on the page of `gpa` let flags of guest tables be
    /// set there.
    public boolean allowFlags(long gpa) {
        return claims.stream().allMatch(claim -> claim.mayWrite(gpa) || claim.through.flags(gpa));
    }

    /// The parts of the page of `gpa` that all claims that withhold writing there let be written.
    public int allowedParts(long gpa) {
        int parts = -1;
        for (Claim claim : claims) {
            parts &= claim.mayWrite(gpa) ? -1 : claim.through.parts(gpa);
        }
        return parts;
    }

    /// A claim that allows everything for now. Accesses that it refuses go to `owner`.
    public RightsClaim open(ExitPart owner) {
        Claim claim = new Claim(owner);
        claims.add(claim);
        return claim;
    }

    /// The rights that all claims allow on the page of `gpa`.
    public int allowed(long gpa) {
        int allowed = SecondLevelMap.ALL;
        for (Claim claim : claims) {
            allowed &= claim.allowed(gpa);
        }
        return allowed;
    }

    /// The rights that all claims allow on each page of a range; [#MIXED] if they differ.
    public int allowed(long gpa, long bytes) {
        return allowed(claims, gpa, bytes);
    }

    /// Whether claims withhold `right` on all pages of a range.
    ///
    /// @param right one of [SecondLevelMap]'s bits
    public boolean withhold(int right, long gpa, long bytes) {
        return withheld(claims, Integer.numberOfTrailingZeros(right), gpa, bytes) == bytes;
    }

    /// As [#allowed(long, long)], but for what `claim` withholds.
    public int allowedBut(RightsClaim claim, long gpa, long bytes) {
        return allowed(claims.stream().filter(one -> !one.equals(claim)).toList(), gpa, bytes);
    }

    private static int allowed(List<Claim> claims, long gpa, long bytes) {
        int allowed = SecondLevelMap.ALL;
        for (int i = 0; i < RIGHTS.length; i++) {
            long withheld = withheld(claims, i, gpa, bytes);
            if (withheld == bytes) {
                allowed &= ~RIGHTS[i];
            } else if (withheld != 0) {
                return MIXED;
            }
        }
        return allowed;
    }

    /// Bytes of a range on which right number `right` is withheld by one claim or another.
    private static long withheld(List<Claim> claims, int right, long gpa, long bytes) {
        List<PageSet> sets = new ArrayList<>();
        for (Claim claim : claims) {
            long count = claim.withheld[right].count(gpa, bytes);
            if (count * PAGE == bytes) {
                return bytes;
            }
            if (count != 0) {
                sets.add(claim.withheld[right]);
            }
        }
        if (sets.size() < 2) {
            return sets.isEmpty() ? 0 : sets.getFirst().count(gpa, bytes) * PAGE;
        }
        long withheld = 0;
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            long at = page;
            withheld += sets.stream().anyMatch(set -> set.contains(at)) ? PAGE : 0;
        }
        return withheld;
    }

    /// Changes a claim as [RightsClaim#allow] does, for the mapping itself, which carries it out:
    /// it is not told.
    ///
    /// @param claim of [#open], not closed
    /// @return whether that changed anything
    public boolean note(RightsClaim claim, long gpa, long bytes, int rights) {
        return ((Claim) claim).set(gpa, bytes, rights) != 0;
    }

    /// Whether all claims allow an access to the page of `gpa`.
    ///
    /// @param access bits of [SecondLevelMap]
    boolean allow(long gpa, int access) {
        return (needed(access) & ~allowed(gpa)) == 0;
    }

    /// The rights that an access takes: no entry grants writing without reading.
    private int needed(int access) {
        int alone = executeOnly ? SecondLevelMap.EXECUTE : 0;
        return (access & ~alone) == 0 ? access : access | SecondLevelMap.READ;
    }

    /// The claims that refuse an access to `gpa`, oldest first.
    ///
    /// @param table whether it is a step of a walk of the guest's tables
    List<Claim> refusing(long gpa, int access, boolean table) {
        int needed = needed(access);
        return claims.stream()
                .filter(claim -> {
                    int refused = needed & ~claim.allowed(gpa);
                    return refused != 0
                            && (refused != SecondLevelMap.WRITE
                                    || !claim.through.allows(gpa, table));
                })
                .toList();
    }

    /// One part's claim.
    final class Claim implements RightsClaim {
        private final ExitPart owner;
        private final PageSet[] withheld = {new PageSet(), new PageSet(), new PageSet()};
        private final WritesThrough through = new WritesThrough();

        private Claim(ExitPart owner) {
            this.owner = owner;
        }

        ExitPart owner() {
            return owner;
        }

        @Override
        public void allow(long gpa, long bytes, int rights) {
            int changed = set(gpa, bytes, rights);
            boolean less = through.remove(gpa, bytes);
            mapping.rightsChanged(gpa, bytes, less ? SecondLevelMap.ALL : changed);
        }

        boolean mayWrite(long gpa) {
            return !withheld[1].contains(gpa);
        }

        @Override
        public void allowFlags(long gpa, long bytes) {
            check(gpa, bytes, SecondLevelMap.ALL);
            if (!letsThrough) {
                RightsClaim.super.allowFlags(gpa, bytes);
            }
            through.allowFlags(gpa, bytes);
            mapping.rightsChanged(gpa, bytes, SecondLevelMap.ALL);
        }

        @Override
        public void allowParts(long gpa, int parts) {
            check(gpa, PAGE, SecondLevelMap.ALL);
            if (!letsThrough) {
                RightsClaim.super.allowParts(gpa, parts);
            }
            through.allowParts(gpa, parts);
            mapping.rightsChanged(gpa, PAGE, SecondLevelMap.ALL);
        }

        @Override
        public void allow(PageSet pages, int rights) {
            if (!pages.isEmpty()) {
                pages.forEachRange((gpa, bytes) -> {
                    int _ = set(gpa, bytes, rights);
                    boolean _ = through.remove(gpa, bytes);
                });
                mapping.rightsChanged(pages, SecondLevelMap.ALL);
            }
        }

        /// Returns the rights of which it says something else than before.
        private int set(long gpa, long bytes, int rights) {
            check(gpa, bytes, rights);
            int changed = 0;
            for (int i = 0; i < RIGHTS.length; i++) {
                long before = withheld[i].size();
                if ((rights & RIGHTS[i]) != 0) {
                    withheld[i].remove(gpa, bytes);
                } else {
                    withheld[i].add(gpa, bytes);
                }
                changed |= withheld[i].size() != before ? RIGHTS[i] : 0;
            }
            return changed;
        }

        private void check(long gpa, long bytes, int rights) {
            if ((rights & ~SecondLevelMap.ALL) != 0 || gpa < 0 || gpa > memoryBytes - bytes) {
                throw new IllegalArgumentException(
                        "rights %d on %d bytes from 0x%x on".formatted(rights, bytes, gpa));
            }
            if ((SecondLevelMap.ALL & ~rights & ~withholdable) != 0) {
                throw new UnsupportedOperationException(
                        withholdable == 0
                                ? "no rights can be withheld on this machine"
                                : "only the right to write can be withheld on this machine");
            }
            if (!claims.contains(this)) {
                throw new IllegalStateException("the claim was closed");
            }
        }

        @Override
        public int allowed(long gpa) {
            int allowed = SecondLevelMap.ALL;
            for (int i = 0; i < RIGHTS.length; i++) {
                allowed &= withheld[i].contains(gpa) ? ~RIGHTS[i] : -1;
            }
            return allowed;
        }

        @Override
        public void close() {
            if (claims.contains(this)) {
                allow(0, memoryBytes, SecondLevelMap.ALL);
                claims.remove(this);
            }
        }
    }
}
