package org.nestwalk.hypervisor.merging;

import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.nestwalk.random.Xoshiro256;

/// A search tree whose order is what pages hold, asked for at each step: as in Linux, no keys are
/// kept. What changes its contents is in the wrong place from then on, where it is not found, and
/// neither may others be; so it may be removed without looking for it.
///
/// It is balanced by random priorities (Seidel and Aragon, "Randomized search trees", Algorithmica
/// 16, 1996), the same in every run.
///
/// @param <T> what stands for the pages
final class ContentTree<T> {
    private final Xoshiro256 random = new Xoshiro256(1);
    private @Nullable Place<T> root;
    private int size;

    /// Where something is in a tree.
    static final class Place<T> {
        private final T value;
        private final long priority;
        private @Nullable Place<T> parent;
        private @Nullable Place<T> less;
        private @Nullable Place<T> greater;

        private Place(T value, long priority) {
            this.value = value;
            this.priority = priority;
        }
    }

    int size() {
        return size;
    }

    /// What is found to be the same, or null.
    ///
    /// @param order how what is looked for compares to an element
    @Nullable T find(ToIntFunction<T> order) {
        Place<T> at = root;
        while (at != null) {
            int compared = order.applyAsInt(at.value);
            if (compared == 0) {
                return at.value;
            }
            at = compared < 0 ? at.less : at.greater;
        }
        return null;
    }

    /// Adds an element that is not the same as any.
    ///
    /// @param order how it compares to another one
    Place<T> add(T value, ToIntFunction<T> order) {
        Place<T> added = new Place<>(value, random.nextLong());
        Place<T> at = root;
        while (at != null) {
            added.parent = at;
            boolean isLess = order.applyAsInt(at.value) < 0;
            Place<T> next = isLess ? at.less : at.greater;
            if (next == null) {
                if (isLess) {
                    at.less = added;
                } else {
                    at.greater = added;
                }
            }
            at = next;
        }
        if (added.parent == null) {
            root = added;
        }
        while (added.parent != null && added.priority > added.parent.priority) {
            rotateUp(added);
        }
        size++;
        return added;
    }

    /// Removes what is at `place`, wherever its contents would belong.
    void remove(Place<T> place) {
        Place<T> less = place.less;
        Place<T> greater = place.greater;
        while (less != null || greater != null) {
            boolean isLess = greater == null || (less != null && less.priority > greater.priority);
            Place<T> up = isLess ? less : greater;
            if (up != null) {
                rotateUp(up);
            }
            less = place.less;
            greater = place.greater;
        }
        replace(place, null);
        size--;
    }

    void clear() {
        root = null;
        size = 0;
    }

    /// `place`, which has a parent, becomes the parent of that.
    private void rotateUp(Place<T> place) {
        Place<T> parent = place.parent;
        if (parent == null) {
            return;
        }
        replace(parent, place);
        Place<T> moved;
        if (parent.less == place) {
            moved = place.greater;
            parent.less = moved;
            place.greater = parent;
        } else {
            moved = place.less;
            parent.greater = moved;
            place.less = parent;
        }
        if (moved != null) {
            moved.parent = parent;
        }
        parent.parent = place;
    }

    /// `other` stands where `place` has stood.
    private void replace(Place<T> place, @Nullable Place<T> other) {
        Place<T> parent = place.parent;
        if (parent == null) {
            root = other;
        } else if (parent.less == place) {
            parent.less = other;
        } else {
            parent.greater = other;
        }
        if (other != null) {
            other.parent = parent;
        }
    }
}
