package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.kvm.sys.Holdings;
import org.nestwalk.kvm.sys.MappedMemory;

/// Faults of forking, planted one at a time: random trees of forks notice each of them, by what
/// guests or frozen memory hold, or by what is left at the end, and nothing where there is none.
class PlantedForkFaultsTest {
    private static final long PART = 2L << 20;
    private static final int MOST_SEEDS = 10;

    enum Fault {
        NONE,
        /// The parent goes on writing to the layer that it was frozen to.
        PARENT_WRITES_THROUGH {
            @Override
            ForkSteps steps() {
                return new ForkSteps() {
                    @Override
                    MappedMemory goOn(ForkableMemory memory, Layers frozen) {
                        return shared(frozen);
                    }
                };
            }
        },
        /// Children write to the layer that they share.
        CHILD_WRITES_THROUGH {
            @Override
            ForkSteps steps() {
                return new ForkSteps() {
                    @Override
                    ForkableMemory inherit(long bytes, Layers frozen) {
                        return ForkableMemory.of(bytes, frozen, shared(frozen));
                    }
                };
            }
        },
        /// A child gets the layers that were frozen last, not those that it is a child of.
        CHILD_OF_ANOTHER {
            @Override
            ForkSteps steps() {
                return new Remembering() {
                    @Override
                    ForkableMemory inherit(long bytes, Layers frozen) {
                        return super.inherit(bytes, Objects.requireNonNullElse(last, frozen));
                    }
                };
            }
        },
        /// What was written since the last freeze is not frozen.
        WRITTEN_PAGES_LOST {
            @Override
            ForkSteps steps() {
                return new Remembering() {
                    @Override
                    Layers freeze(ForkableMemory memory) {
                        Layers before = known.get(memory);
                        return before == null ? super.freeze(memory) : before.share();
                    }
                };
            }
        },
        /// A layer has one user too few.
        CLOSED_TWICE {
            @Override
            ForkSteps steps() {
                return new ForkSteps() {
                    @Override
                    void release(Layers frozen) {
                        MemoryLayer layer = frozen.extents().getFirst().layer();
                        super.release(frozen);
                        if (layer != null) {
                            layer.close();
                        }
                    }
                };
            }
        },
        /// A layer has one user too many.
        NEVER_CLOSED {
            @Override
            ForkSteps steps() {
                return new ForkSteps() {
                    @Override
                    void release(Layers frozen) {}
                };
            }
        };

        ForkSteps steps() {
            return new ForkSteps();
        }

        /// Not as private copies, where that can be done wrong: of one layer.
        static MappedMemory shared(Layers frozen) {
            MemoryLayer layer = frozen.extents().getFirst().layer();
            return frozen.extents().size() == 1 && layer != null
                    ? MappedMemory.shared(layer.file(), 0, frozen.extents().getFirst().to())
                    : frozen.map();
        }
    }

    /// Knows what was frozen before. Shares of it are closed at the end.
    private static class Remembering extends ForkSteps {
        final Map<ForkableMemory, Layers> known = new HashMap<>();
        @Nullable Layers last;

        @Override
        Layers freeze(ForkableMemory memory) {
            Layers frozen = super.freeze(memory);
            known.put(memory, frozen);
            last = frozen;
            return frozen;
        }

        @Override
        void release(Layers frozen) {
            known.values().remove(frozen);
            last = last == frozen ? null : last;
            super.release(frozen);
        }
    }

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @ParameterizedTest
    @EnumSource
    void randomTreesNoticeIt(Fault fault) throws InterruptedException {
        int noticed = 0;
        for (int seed = 1; seed <= MOST_SEEDS && noticed == 0; seed++) {
            noticed += isNoticed(fault, seed) ? 1 : 0;
        }
        assertThat(noticed).isEqualTo(fault == Fault.NONE ? 0 : 1);
    }

    private static boolean isNoticed(Fault fault, int seed) throws InterruptedException {
        Holdings before = Holdings.now();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE, PART, fault.steps())) {
            new RandomForks(machine, KvmSettings.Dirty.NONE, seed).run();
        } catch (AssertionError | RuntimeException e) {
            return true;
        }
        try {
            before.areNotExceeded();
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }
}
