package io.plimsoll.launcher;

import io.plimsoll.report.Plain;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/// Where a command writes: results to out, messages to err.
record Console(PrintWriter out, PrintWriter err, boolean debug) {
    Console(CommandSpec spec) {
        this(spec.commandLine().getOut(), spec.commandLine().getErr(), PlimsollCommand.debug(spec.commandLine()));
    }

    void message(String line) {
        err.println("plimsoll: " + Plain.of(line));
        err.flush();
    }
}
