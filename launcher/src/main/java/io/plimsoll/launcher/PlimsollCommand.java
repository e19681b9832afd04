package io.plimsoll.launcher;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `plimsoll` by itself.
@Command(
        name = "plimsoll",
        description = "Compares storage solutions on a network: a server keeps the results, clients measure disks.",
        mixinStandardHelpOptions = true,
        versionProvider = PlimsollCommand.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        footerHeading = "%n",
        footer = "All flags of a command: plimsoll COMMAND --help")
final class PlimsollCommand implements Callable<Integer> {
    /// The commands in the order of the help, by the names that their annotations give them.
    static final SequencedMap<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("quickstart", QuickstartCommand.class);
        COMMANDS.put("server", ServerCommand.class);
        COMMANDS.put("client", ClientCommand.class);
        COMMANDS.put("bench", BenchCommand.class);
        COMMANDS.put("saturate", SaturateCommand.class);
        COMMANDS.put("status", StatusCommand.class);
        COMMANDS.put("stop", StopCommand.class);
        COMMANDS.put("submit", SubmitCommand.class);
        COMMANDS.put("runs", RunsCommand.class);
        COMMANDS.put("show", ShowCommand.class);
        COMMANDS.put("events", EventsCommand.class);
        COMMANDS.put("export", ExportCommand.class);
        COMMANDS.put("report", ReportCommand.class);
        COMMANDS.put("pki", PkiCommand.class);
        COMMANDS.put("help", HelpCommand.class);
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces of failures.")
    private boolean debug;

    /// Where the user can do nothing with a stack trace, we can.
    static boolean debug(CommandLine command) {
        return command.getCommandSpec().root().userObject() instanceof PlimsollCommand root && root.debug;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do, for example: plimsoll server");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"plimsoll " + io.plimsoll.wire.Version.TEXT, "Java " + Runtime.version()};
        }
    }
}
