package io.plimsoll.bench;

import io.plimsoll.model.JobPlan;
import io.plimsoll.model.Require;

/// A job and where to run it.
///
/// @param overwrite a file that Plimsoll did not make may be overwritten
/// @param unlink files that were laid out for the job are removed at its end; otherwise they stay for the next one
public record JobRequest(JobPlan plan, JobTarget target, boolean overwrite, boolean unlink) {
    public JobRequest {
        Require.present("job plan", plan);
        Require.present("target", target);
    }

    public JobRequest with(JobPlan other) {
        return new JobRequest(other, target, overwrite, unlink);
    }
}
