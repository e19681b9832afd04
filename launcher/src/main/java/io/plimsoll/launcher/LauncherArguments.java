package io.plimsoll.launcher;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// What follows `--`: for the launcher of Vert.x, untouched, but for what would be parsed there and then ignored.
final class LauncherArguments {
    private LauncherArguments() {}

    /// @param positional what picocli took for positional parameters
    /// @throws ParameterException where one of them stands before `--`, or contradicts our own flags
    static List<String> of(CommandSpec command, List<String> positional) {
        List<String> typed = command.commandLine().getParseResult().originalArgs();
        int after = typed.contains("--") ? typed.size() - typed.indexOf("--") - 1 : 0;
        if (positional.size() > after) {
            throw new ParameterException(command.commandLine(), "unmatched argument: '" + positional.getFirst() + "'");
        }
        for (String argument : positional) {
            String name = argument.replaceFirst("=.*", "").replaceFirst("^--", "-");
            if (name.equals("-conf")) {
                throw new ParameterException(command.commandLine(), "settings come by --config, not by -- -conf");
            }
            if (name.equals("-c") || name.equals("-cluster")) {
                throw new ParameterException(
                        command.commandLine(), "a cluster is joined by --cluster HOST:PORT, not by -- -cluster");
            }
        }
        return positional;
    }
}
