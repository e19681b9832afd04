/// The command line: flags, exit codes, and who is started with what.
package io.plimsoll.launcher;
