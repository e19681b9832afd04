package io.plimsoll.launcher;

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
        subcommands = {
            QuickstartCommand.class,
            ServerCommand.class,
            ClientCommand.class,
            BenchCommand.class,
            SaturateCommand.class,
            StatusCommand.class,
            StopCommand.class,
            SubmitCommand.class,
            RunsCommand.class,
            ShowCommand.class,
            EventsCommand.class,
            ExportCommand.class,
            ReportCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        footerHeading = "%n",
        footer = "All flags of a command: plimsoll COMMAND --help")
final class PlimsollCommand implements Callable<Integer> {
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
