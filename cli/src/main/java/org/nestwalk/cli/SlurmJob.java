package org.nestwalk.cli;

import java.nio.file.Path;

/// The script that runs a study on a cluster under Slurm.
final class SlurmJob {
    private SlurmJob() {}

    /// A script that submits an array job, a task for each of `shards` shards, and a job behind it
    /// that gathers what they have made. The command is the one of the variable `NESTWALK`, or
    /// `nestwalk`.
    static String text(Path study, Path folder, int shards) {
        String sweep =
                "\\\"$NESTWALK\\\" sweep %s %s %s --skip-impossible --yes --shard \\$SLURM_ARRAY_TASK_ID/%d"
                        .formatted(quoted(study), FolderOption.NAME, quoted(folder), shards);
        return """
        #!/bin/bash
        # Submits the study %1$s in %2$d shards, and gathers what they have made.
        # A task that is stopped may be started again: what is finished is not run twice.
        set -eu
        NESTWALK=${NESTWALK:-nestwalk}
        job=$(sbatch --parsable --job-name=nestwalk --array=1-%2$d --wrap "%3$s")
        sbatch --dependency=afterany:"${job%%%%;*}" --job-name=nestwalk-gather \\
          --wrap "\\"$NESTWALK\\" sweep gather %4$s"
        """
                .formatted(study, shards, sweep, quoted(folder));
    }

    /// For the shell that Slurm starts, within double quotes of the one that submits.
    private static String quoted(Path path) {
        return "'"
                + path.toString()
                        .replace("'", "'\\\\''")
                        .replace("$", "\\$")
                        .replace("`", "\\`")
                        .replace("\"", "\\\"")
                + "'";
    }
}
