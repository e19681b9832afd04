package io.plimsoll.launcher;

import io.plimsoll.bench.Bench;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program `plimsoll`.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        boolean measures = measures(args);
        CommandLine.IFactory commands = measures ? heeding(signals()) : CommandLine.defaultFactory();
        if (System.console() != null && System.console().isTerminal()) {
            OutputStream terminal = new StatusLineStream(new FileOutputStream(FileDescriptor.err));
            System.setErr(new PrintStream(terminal, true, StandardCharsets.UTF_8));
        }
        if (measures) {
            Bench.warm();
        }
        System.exit(run(commandLine(commands, needed(args)), writer(System.out), writer(System.err), args));
    }

    /// Taken before all else, because who waits for JSON is to get it whenever the program is stopped.
    private static Interrupts signals() {
        return Interrupts.early(new Console(writer(System.out), writer(System.err), false));
    }

    private static CommandLine.IFactory heeding(Interrupts signals) {
        return new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                if (type == BenchCommand.class) {
                    return type.cast(new BenchCommand(Bench::run, signals::handedTo));
                }
                return type == SaturateCommand.class
                        ? type.cast(new SaturateCommand(Bench::run, signals::handedTo))
                        : CommandLine.defaultFactory().create(type);
            }
        };
    }

    /// Whether this is a command that is to begin at once.
    static boolean measures(String... args) {
        return Set.of("bench", "saturate").containsAll(needed(args));
    }

    /// @return the exit code, see [ExitCode]
    public static int run(String... args) {
        return run(writer(System.out), writer(System.err), args);
    }

    static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(commandLine(CommandLine.defaultFactory(), needed(args)), out, err, args);
    }

    static int run(CommandLine line, PrintWriter out, PrintWriter err, String... args) {
        line.setOut(out).setErr(err);
        int code = line.execute(args);
        out.flush();
        err.flush();
        return code;
    }

    static CommandLine commandLine() {
        return commandLine(CommandLine.defaultFactory());
    }

    /// @param factory makes the commands from their classes
    static CommandLine commandLine(CommandLine.IFactory factory) {
        return commandLine(factory, PlimsollCommand.COMMANDS.keySet());
    }

    /// The commands that these arguments can lead to: one alone where it is named at once, because picocli takes some
    /// milliseconds for each, and all where help or a suggestion may list them.
    static Set<String> needed(String... args) {
        int first = args.length > 0 && args[0].equals("--debug") ? 1 : 0;
        Set<String> all = PlimsollCommand.COMMANDS.keySet();
        boolean alone = first < args.length && all.contains(args[first]) && !args[first].equals("help");
        return alone ? Set.of(args[first]) : all;
    }

    private static CommandLine commandLine(CommandLine.IFactory factory, Set<String> commands) {
        CommandLine line = new CommandLine(new PlimsollCommand(), factory);
        commands.forEach(name -> line.addSubcommand(name, PlimsollCommand.COMMANDS.get(name)));
        line.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
        line.getSubcommands().values().forEach(Main::setVersion);
        return line
                // -path and -sh are names, not bundles of -p and -s.
                .setPosixClusteredShortOptionsAllowed(false)
                .setUnmatchedOptionsAllowedAsOptionParameters(false)
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(110)
                .setUsageHelpLongOptionsMaxWidth(38)
                .setParameterExceptionHandler(Main::misused)
                .setExecutionExceptionHandler((failure, command, _) -> Failures.report(
                                failure, PlimsollCommand.debug(command), command.getErr())
                        .code());
    }

    private static void setVersion(CommandLine command) {
        command.getCommandSpec().versionProvider(new PlimsollCommand.Version());
        command.getSubcommands().values().forEach(Main::setVersion);
    }

    /// A command by fio's flags: it has more to say about its misuse than picocli.
    interface LikeFio {
        /// What is said in place of picocli's message and suggestions about an argument that it does not know.
        Optional<String> instead(String argument);

        /// What stands on stdout in place of a result, for who asked for JSON.
        String json(String error);
    }

    private static int misused(ParameterException misuse, String[] args) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        Optional<LikeFio> likeFio = command.getCommand() instanceof LikeFio c ? Optional.of(c) : Optional.empty();
        Optional<String> instead = misuse instanceof UnmatchedArgumentException unknown
                ? likeFio.flatMap(c -> instead(c, unknown.getUnmatched().getFirst(), command))
                : Optional.empty();
        String message =
                FlagNames.asTyped(instead.orElse(misuse.getMessage()), command.getCommandSpec(), List.of(args));
        likeFio.filter(_ -> OutputOptions.jsonOnStdout(args))
                .ifPresent(c -> ResultOutput.print(c.json(message), command.getOut()));
        err.println("plimsoll: " + message);
        if (instead.isEmpty()) {
            UnmatchedArgumentException.printSuggestions(misuse, err);
        }
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE.code();
    }

    private static Optional<String> instead(LikeFio fio, String argument, CommandLine command) {
        return fio.instead(argument)
                .or(() -> FlagNames.nearest(argument, command.getCommandSpec())
                        .map(near -> "'" + argument + "' is no flag here; did you mean " + near + "?"));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
