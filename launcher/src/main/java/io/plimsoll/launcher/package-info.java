/// The command line: flags, exit codes, signals, and what it takes to run a verticle as a program.
///
/// [Main] is the door. Command classes name no Vert.x type in fields or signatures, so that `--help` loads none of
/// it; [LongRun] runs server and client through the launcher of Vert.x and owns their exit code.
package io.plimsoll.launcher;
