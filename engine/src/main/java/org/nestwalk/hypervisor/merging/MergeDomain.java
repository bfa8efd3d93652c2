package org.nestwalk.hypervisor.merging;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.GuestFailure;

/// Virtual machines whose pages may be merged with each other's: the two trees of Linux's KSM.
///
/// The stable tree has what was merged, which nobody can change without leaving the frame; the
/// unstable tree what was found alone in this scan, and did not change since the last one. Unlike a
/// page of KSM, the last page that a frame backs is written in place; so a node of the stable tree
/// is believed only if two of its pages still share a frame, or the first one still has the
/// checksum of the node.
final class MergeDomain {
    private final MergeSettings settings;
    private final PageContents contents = new PageContents();
    private final ContentTree<StableNode> stable = new ContentTree<>();
    private final ContentTree<ScannedPage> unstable = new ContentTree<>();
    private final Set<StableNode> nodes = new LinkedHashSet<>();
    private @Nullable StableNode zeroes;
    private long changed;
    private long merged;
    private long failed;

    MergeDomain(MergeSettings settings) {
        this.settings = settings;
    }

    /// Looks at a page that is mapped, alone, and charges its virtual machine.
    void examine(ScannedPage page) {
        examineUncharged(page);
        page.vm().scanned(1, contents.takePagesRead());
    }

    /// As `cmp_and_merge_page` of mm/ksm.c does.
    private void examineUncharged(ScannedPage page) {
        if (isStillMerged(page)) {
            showAgain(page);
            return;
        }
        forget(page);
        contents.load(page);
        StableNode node = findStable();
        if (node != null) {
            join(page, node);
            return;
        }
        long checksum = contents.checksum();
        if (page.changesTo(checksum)) {
            changed++;
            return;
        }
        if (settings.useZeroPages() && checksum == PageContents.ZERO) {
            joinZeroes(page);
            return;
        }
        ScannedPage other = findUnstable();
        if (other == null) {
            page.setUnstable(unstable.add(page, contents::compareTo));
        } else if (merge(page, other)) {
            forget(other);
            StableNode made = newNode(checksum);
            insert(made);
            made.add(other);
            made.add(page);
            removeIfFull(made);
        }
    }

    private StableNode newNode(long checksum) {
        StableNode made = new StableNode(checksum);
        nodes.add(made);
        return made;
    }

    /// Whether a page is where it was merged to: the first of its node, or in a frame with that.
    /// Those before it that hold something else are dropped.
    private boolean isStillMerged(ScannedPage page) {
        StableNode node = page.node();
        while (node != null) {
            ScannedPage first = node.first();
            if (page.equals(first)) {
                return (node.size() > 1 || node.place() != null || node.equals(zeroes))
                        && holds(page, node);
            }
            if (page.sharesWith(first)) {
                return true;
            }
            if (holds(first, node)) {
                return false;
            }
            leave(first, node);
        }
        return false;
    }

    private boolean holds(ScannedPage page, StableNode node) {
        return page.isMapped() && contents.checksumOf(page) == node.checksum();
    }

    /// A node's first page, which holds what it is to hold, or null if none does.
    private @Nullable ScannedPage representative(StableNode node) {
        while (!node.isEmpty()) {
            ScannedPage first = node.first();
            ScannedPage second = node.second();
            if ((second != null && first.sharesWith(second)) || holds(first, node)) {
                return first;
            }
            leave(first, node);
        }
        return null;
    }

    /// The node of the stable tree that holds what is loaded, or null. A node that turns out to
    /// hold nothing any more is removed, and the search begins again.
    private @Nullable StableNode findStable() {
        while (true) {
            int before = stable.size();
            StableNode found =
                    stable.find(node -> {
                        ScannedPage first = representative(node);
                        return first == null ? 0 : contents.compareTo(first);
                    });
            if (stable.size() == before) {
                return found;
            }
        }
    }

    /// The page of the unstable tree that holds what is loaded, or null.
    private @Nullable ScannedPage findUnstable() {
        while (true) {
            ScannedPage found =
                    unstable.find(other -> other.isMapped() ? contents.compareTo(other) : 0);
            if (found == null || found.isMapped()) {
                return found;
            }
            forget(found);
        }
    }

    private void join(ScannedPage page, StableNode node) {
        if (merge(page, node.first())) {
            node.add(page);
            removeIfFull(node);
        }
    }

    /// A frame that backs as many pages as it may is not found any more, and others that hold the
    /// same begin another one.
    private void removeIfFull(StableNode node) {
        ContentTree.Place<StableNode> place = node.place();
        if (place != null && node.size() >= settings.maxPageSharing()) {
            stable.remove(place);
            node.setPlace(null);
        }
    }

    /// A node that was full, and is not any more, is found again, unless there is another one by
    /// now.
    ///
    /// @param page of it
    private void showAgain(ScannedPage page) {
        StableNode node = page.node();
        if (node != null
                && node.place() == null
                && !node.equals(zeroes)
                && node.first().equals(page)
                && node.size() < settings.maxPageSharing()) {
            contents.load(page);
            if (findStable() == null) {
                insert(node);
            }
        }
    }

    /// Puts a node that holds what is loaded into the stable tree.
    private void insert(StableNode node) {
        node.setPlace(stable.add(node, one -> contents.compareTo(one.first())));
    }

    private void joinZeroes(ScannedPage page) {
        StableNode node = zeroes;
        if (node == null || representative(node) == null) {
            node = newNode(PageContents.ZERO);
            zeroes = node;
            node.add(page);
        } else {
            join(page, node);
        }
    }

    private boolean merge(ScannedPage page, ScannedPage with) {
        if (page.sharesWith(with)) {
            return true;
        }
        try {
            boolean done = page.vm().secondLevel().merge(page.gpa(), with.vm(), with.gpa());
            merged += done ? 1 : 0;
            return done;
        } catch (GuestFailure noMemoryForATable) {
            failed++;
            return false;
        }
    }

    /// A page is in no tree any more.
    void forget(ScannedPage page) {
        StableNode node = page.node();
        if (node != null) {
            leave(page, node);
        }
        ContentTree.Place<ScannedPage> place = page.unstable();
        if (place != null) {
            unstable.remove(place);
            page.setUnstable(null);
        }
    }

    private void leave(ScannedPage page, StableNode node) {
        node.remove(page);
        if (node.isEmpty()) {
            nodes.remove(node);
            ContentTree.Place<StableNode> place = node.place();
            if (place != null) {
                stable.remove(place);
                node.setPlace(null);
            }
        }
    }

    /// A scan begins: pages of the unstable tree may have changed, so that it is built anew.
    ///
    /// @param pages all that may be in it
    void beginScan(Iterable<ScannedPage> pages) {
        pages.forEach(page -> page.setUnstable(null));
        unstable.clear();
        changed = 0;
    }

    /// What was found, but for scans.
    MergeCounts counts() {
        long shared = 0;
        long sharing = 0;
        for (StableNode node : nodes) {
            if (!node.equals(zeroes) && node.size() > 1) {
                shared++;
                sharing += node.size() - 1;
            }
        }
        return new MergeCounts(
                shared,
                sharing,
                unstable.size(),
                changed,
                zeroes == null ? 0 : zeroes.size(),
                0,
                0,
                merged,
                failed);
    }
}
