package org.nestwalk.cli;

import java.nio.file.Path;

/// The script that runs a study on a cluster under Slurm.
final class SlurmJob {
    private SlurmJob() {}

    /// A script that submits an array job, a task for each of `shards` shards, and a job behind it
    /// that gathers what they have made. The number of shards stands in it, and is not taken from
    /// `SLURM_ARRAY_TASK_COUNT`, which is less when some tasks of an array are submitted again.
    ///
    /// @param options of the sweep, each after a space
    static String text(Path study, Path folder, int shards, String options) {
        return """
        #!/bin/bash
        # Submits a study to Slurm in %1$d parts, and a job behind them that gathers what they have made.
        # Start it where the study's paths begin. What the jobs are to ask for is said by sbatch's variables,
        # such as SBATCH_PARTITION and SBATCH_TIMELIMIT; what nestwalk is called, by NESTWALK.
        # Submitting it again goes on: what is finished is not run twice.
        set -eu
        export NESTWALK="${NESTWALK:-nestwalk}"
        job=$(sbatch --parsable --export=ALL --job-name=nestwalk --array=1-%1$d <<'PART'
        #!/bin/bash
        exec "$NESTWALK" sweep %2$s %5$s %3$s%4$s --shard "$SLURM_ARRAY_TASK_ID/%1$d"
        PART
        )
        sbatch --export=ALL --job-name=nestwalk-gather --dependency=afterany:"${job%%%%;*}" <<'GATHER'
        #!/bin/bash
        exec "$NESTWALK" sweep gather %3$s
        GATHER
        """
                .formatted(shards, quoted(study), quoted(folder), options, FolderOption.NAME);
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
