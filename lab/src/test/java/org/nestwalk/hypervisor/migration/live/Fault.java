package org.nestwalk.hypervisor.migration.live;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.hypervisor.migration.live.link.VirtualTime;
import org.nestwalk.lab.snapshot.StateText;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.memory.PageSet;

/// Faults of migration that have been made, or could be, each in the code of one side.
enum Fault implements Sides {
    /// Cached translations go only after a look at written pages has returned: what is written by
    /// them is not found (what `kvm_get_dirty_log_protect` warns of).
    FLUSH_AFTER_RETURN {
        @Override
        VmGround ground(Place place) {
            return new Ground(place) {
                @Override
                void collect(DirtyPages tracking, PageSet into) {
                    super.collect(tracking, into);
                    place.drive.passTo(place.clock.getAsLong() + 50_000);
                    super.collect(tracking, new PageSet());
                }
            };
        }
    },
    /// A page counts as clean once it has been copied, and not before.
    CLEARED_AFTER_COPY {
        @Override
        VmGround ground(Place place) {
            return new Ground(place) {
                private final PageSet kept = new PageSet();
                private @Nullable DirtyPages tracking;

                @Override
                void sent(PageBatch batch) {
                    if (tracking != null) {
                        super.collect(tracking, kept);
                        for (int i = 0; i < batch.size(); i++) {
                            kept.remove(batch.address(i), 4096);
                        }
                    }
                }

                @Override
                void collect(DirtyPages tracking, PageSet into) {
                    this.tracking = tracking;
                    super.collect(tracking, into);
                    into.addAll(kept);
                    kept.clear();
                }
            };
        }
    },
    /// What was written in the last round is not looked for when the guest has stopped.
    LAST_LOOK_FORGOTTEN {
        @Override
        VmGround ground(Place place) {
            return new Ground(place) {
                private boolean stopped;

                @Override
                public void stop() {
                    super.stop();
                    stopped = true;
                }

                @Override
                void collect(DirtyPages tracking, PageSet into) {
                    if (!stopped) {
                        super.collect(tracking, into);
                    }
                }
            };
        }
    },
    /// A page that has become zero is not sent.
    ZERO_NOT_SENT {
        @Override
        VmGround ground(Place place) {
            return new Ground(place) {
                @Override
                boolean isKnownZero(PageBatch batch, int index) {
                    return batch.isZero(index);
                }
            };
        }
    },
    /// The guest is given away before the target has verified it, which it cannot here.
    GO_BEFORE_READY {
        @Override
        public byte[] told(byte[] state) {
            return new byte[] {'{'};
        }

        @Override
        boolean waitsForReady() {
            return false;
        }
    },
    /// The source runs the guest again when the connection breaks after it has given it away.
    KEPT_AFTER_GO {
        @Override
        void lostInDoubt(SourceSide side) {
            side.takeBack();
        }
    },
    /// The target runs the guest when it could.
    RUNS_WHEN_READY {
        @Override
        void ready(TargetSide side) {
            side.begin();
        }
    },
    /// The target denies that it runs the guest.
    DENIES {
        @Override
        Message fateOf(Message said) {
            return new Message.Unknown();
        }
    },
    /// What is missing is not in the digest, and a part of it is lost on the way.
    MISSING_NOT_IN_DIGEST {
        @Override
        long digest(PageSums sums, byte[] told, long[] missing) {
            return told.length;
        }

        @Override
        public Message received(Message message) {
            return LOSES_A_RUN.received(message);
        }
    },
    /// No fault of the sides, but of the wire: they must find it.
    LOSES_A_RUN {
        @Override
        public Message received(Message message) {
            if (message instanceof Message.State(byte[] told, long[] missing, long digest)
                    && missing.length > 0) {
                return new Message.State(told, withoutLongest(missing), digest);
            }
            return message;
        }
    },
    /// What has come of a page in earlier rounds is taken for the page.
    STALE_COPIES_KEPT {
        @Override
        boolean discards() {
            return false;
        }
    },
    /// A page that comes a second time overwrites what the guest has written since.
    SECOND_COPY_OVERWRITES {
        @Override
        void come(VirtualMachine vm, PageBatch batch) {
            vm.exclusively(() -> {
                for (int i = 0; i < batch.size(); i++) {
                    if (vm.secondLevel().pageSize(batch.address(i)) != null) {
                        batch.write(i, vm.memory());
                    }
                }
            });
        }
    },
    /// What a CPU's registers hold is another's.
    CPU_LOST {
        @Override
        public byte[] told(byte[] state) {
            GuestState all = StateText.read(state, "a test");
            List<VmState.SavedCpu> cpus = new ArrayList<>(all.vm().cpus());
            cpus.set(cpus.size() - 1, cpus.getFirst());
            VmState vm =
                    new VmState(
                            all.vm().settings(), cpus, all.vm().memory(), all.vm().background());
            return StateText.write(new GuestState(vm, all.kernel()));
        }
    };

    private static long[] withoutLongest(long[] runs) {
        int longest = 0;
        for (int i = 0; i < runs.length; i += 2) {
            longest = runs[i + 1] > runs[longest + 1] ? i : longest;
        }
        long[] fewer = new long[runs.length - 2];
        System.arraycopy(runs, 0, fewer, 0, longest);
        System.arraycopy(runs, longest + 2, fewer, longest, fewer.length - longest);
        return fewer;
    }

    /// What a ground is made of.
    record Place(
            GuestDrive drive,
            DirtySource tracking,
            LongSupplier clock,
            PageSums sums,
            VmGround.Counterpart other) {}

    private static class Ground extends VmGround {
        Ground(Place place) {
            super(place.drive, place.tracking, place.clock, place.sums, place.other);
        }
    }

    VmGround ground(Place place) {
        return new Ground(place);
    }

    boolean waitsForReady() {
        return true;
    }

    void lostInDoubt(SourceSide side) {}

    void ready(TargetSide side) {}

    Message fateOf(Message said) {
        return said;
    }

    long digest(PageSums sums, byte[] told, long[] missing) {
        return sums.digest(told, missing);
    }

    boolean discards() {
        return true;
    }

    void come(VirtualMachine vm, PageBatch batch) {}

    @Override
    public SourceSide source(
            GuestDrive drive, DirtySource tracking, Connector connector, VirtualTime time) {
        return new SourceSide(
                drive, tracking, connector, time::now, Migrant.PATIENCE, 0x1234, "simulated") {
            @Override
            VmGround newGround(
                    GuestDrive drive,
                    DirtySource tracking,
                    LongSupplier clock,
                    PageSums sums,
                    VmGround.Counterpart other) {
                return ground(new Place(drive, tracking, clock, sums, other));
            }

            @Override
            boolean waitsForReady() {
                return Fault.this.waitsForReady();
            }

            @Override
            void lostInDoubt() {
                if (state() == SourceState.IN_DOUBT) {
                    Fault.this.lostInDoubt(this);
                }
            }

            @Override
            long digest(PageSums sums, byte[] told, long[] runs) {
                return Fault.this.digest(sums, told, runs);
            }
        };
    }

    @Override
    public TargetSide target(GuestHost host, Listener listener, VirtualTime time) {
        return new TargetSide(host, listener, time::now, Migrant.PATIENCE) {
            @Override
            void ready() {
                super.ready();
                Fault.this.ready(this);
            }

            @Override
            Message fateOf(long id) {
                return Fault.this.fateOf(super.fateOf(id));
            }

            @Override
            Arrival.Steps steps() {
                return new Arrival.Steps() {
                    @Override
                    public long digest(PageSums sums, byte[] told, long[] missing) {
                        return Fault.this.digest(sums, told, missing);
                    }

                    @Override
                    public void discard(VirtualMachine vm, long gpa, long bytes) {
                        if (discards()) {
                            Arrival.Steps.super.discard(vm, gpa, bytes);
                        }
                    }

                    @Override
                    public PulledPages pull(
                            VirtualMachine vm,
                            long[] missing,
                            PulledPages.Line line,
                            LongSupplier clock) {
                        return new PulledPages(vm, missing, line, clock) {
                            @Override
                            void come(PageBatch batch) {
                                super.come(batch);
                                Fault.this.come(vm, batch);
                            }
                        };
                    }
                };
            }
        };
    }
}
