/// What a job does next: which block, in which direction, when, with which bytes. Pure numbers from a plan and a seed:
/// no clock, no system call; what is called for every operation allocates nothing.
package io.plimsoll.workload;
