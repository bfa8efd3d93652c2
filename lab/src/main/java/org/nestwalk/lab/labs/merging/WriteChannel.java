package org.nestwalk.lab.labs.merging;

import org.nestwalk.hypervisor.merging.MergeSettings;
import org.nestwalk.hypervisor.merging.SamePageMerging;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.lab.labs.channel.estimate.Threshold;
import org.nestwalk.lab.labs.merging.MergingResult.Channel;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// What a guest learns of its neighbour by writing to pages of its own: it makes pages of which it
/// wants to know whether the other one has them, waits until they would be merged, and times its
/// writes, each of which takes the exit and the copy of a shared page if one is.
///
/// Source: Suzaki, Iijima, Yagi and Artho, "Memory deduplication as a threat to the guest OS",
/// EuroSec 2011.
final class WriteChannel {
    static final String NOTHING = "none";
    static final String DOMAINS = "merged within a guest only";

    private static final int SAMPLES = 200;

    private final ProcessorModel model;
    private final long seed;

    WriteChannel(ProcessorModel model, long seed) {
        this.model = model;
        this.seed = seed;
    }

    /// Without a defence, or with.
    Channel run(boolean apart) {
        GuestLayout layout = new GuestLayout(4L * SAMPLES * GuestLayout.PAGE, 1L << 40, 1);
        SimulatedMachine machine = new SimulatedMachine(SimulatedSettings.of(model, 32L << 20));
        LabGuest spy = new LabGuest(machine, "spy", layout);
        LabGuest victim = new LabGuest(machine, "victim", layout);
        Xoshiro256 random = new Xoshiro256(SplitMix64.hash(seed, 2011));
        boolean[] held = new boolean[2 * SAMPLES];
        for (int i = 0; i < held.length; i++) {
            int other = (int) random.nextBelow(i + 1);
            held[i] = held[other];
            held[other] = i < SAMPLES;
        }
        for (int i = 0; i < held.length; i++) {
            spy.load(i, words(i));
            victim.load(i, words(held[i] ? i : i + held.length));
        }
        SamePageMerging merging = new SamePageMerging(MergeSettings.LINUX);
        merging.add(spy.vm(), "spy");
        merging.add(victim.vm(), apart ? "victim" : "spy");
        merging.scanAll();
        merging.scanAll();
        double[][] cycles = new double[2][SAMPLES];
        int[] counts = new int[2];
        for (int i = 0; i < held.length; i++) {
            // What it does otherwise, which leaves caches as they happen to be.
            for (long other = random.nextBelow(8); other > 0; other--) {
                long _ = spy.timeWrite(held.length + random.nextBelow(held.length));
            }
            int kind = held[i] ? 1 : 0;
            cycles[kind][counts[kind]++] = spy.timeWrite(i);
        }
        machine.closeAndVerify();
        return judge(apart, cycles[0], cycles[1]);
    }

    private static long[] words(long contents) {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = SplitMix64.hash(contents, i);
        }
        return words;
    }

    /// Learns from every other sample, and judges those between.
    private static Channel judge(boolean apart, double[] zero, double[] one) {
        Sensitivity sensitivity = Sensitivity.of(zero, one);
        return new Channel(
                apart ? DOMAINS : NOTHING,
                SAMPLES,
                Sensitivity.mean(one),
                Sensitivity.mean(zero),
                sensitivity.index(),
                Threshold.betweenMedians(every(zero, 0), every(one, 0))
                        .error(every(zero, 1), every(one, 1)));
    }

    private static double[] every(double[] samples, int from) {
        double[] half = new double[samples.length / 2];
        for (int i = 0; i < half.length; i++) {
            half[i] = samples[2 * i + from];
        }
        return half;
    }
}
