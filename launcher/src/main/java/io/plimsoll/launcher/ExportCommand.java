package io.plimsoll.launcher;

import io.plimsoll.report.Csv;
import io.plimsoll.report.ExportRow;
import io.plimsoll.report.ExportRow.HistogramForm;
import io.plimsoll.report.ExportTable;
import io.plimsoll.report.JsonStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        description = "Writes a run's rows as they are stored, for other programs.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ExportCommand implements Callable<Integer> {
    private static final String SCHEMA = "plimsoll.export";
    private static final int VERSION = 1;

    /// How many rows are written between two looks at whether anybody reads them.
    private static final int ROWS_BETWEEN_CHECKS = 256;

    enum Format {
        CSV,
        JSON
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseOption database;

    @Parameters(paramLabel = "RUN", description = ShowCommand.RUN)
    private String run;

    @Option(names = "--format", paramLabel = "FORMAT", description = "csv or json.")
    private Format format;

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            description =
                    "clients, data_files, intervals, resource_samples or events; without it JSON has them all and CSV"
                            + " the data files.")
    private ExportTable table;

    @Option(names = "--client", paramLabel = "ID", description = "Only rows of clients whose id begins so.")
    private String client;

    @Option(
            names = "--histograms",
            paramLabel = "FORM",
            defaultValue = "PERCENTILES",
            description = "percentiles (the default): four columns in ns; or base64: HdrHistogram's V2 encoding.")
    private HistogramForm histograms;

    @Option(names = "--out", paramLabel = "FILE", description = "Write to this file instead of stdout.")
    private Path out;

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    @Override
    public Integer call() {
        return Query.run(spec, database, Optional.ofNullable(out), (session, to) -> {
            Format as = format();
            long number = session.run(run);
            ExportRow form = new ExportRow(histograms);
            Counted sink = switch (as) {
                case CSV -> new CsvSink(to);
                case JSON -> new JsonSink(to, number);
            };
            session.export(number, tables(as), Optional.ofNullable(client), form, sink);
            sink.end();
            notes(as, form);
        });
    }

    private Format format() {
        if (json && format == Format.CSV) {
            throw new Query.UsageException("--format csv and --json contradict each other");
        }
        if (!json && format == null) {
            throw new Query.UsageException("say how: --format csv or --format json");
        }
        return json ? Format.JSON : format;
    }

    private List<ExportTable> tables(Format as) {
        if (table != null) {
            return List.of(table);
        }
        return switch (as) {
            case CSV -> List.of(ExportTable.DATA_FILES);
            case JSON -> List.of(ExportTable.values());
        };
    }

    private void notes(Format as, ExportRow form) {
        PrintWriter err = spec.commandLine().getErr();
        if (as == Format.CSV && table == null) {
            err.println("plimsoll: exported the data files; other tables with --table");
        }
        if (form.unreadable() > 0) {
            err.println(
                    "plimsoll: " + form.unreadable() + " histograms could not be read; their percentiles are empty");
        }
        err.flush();
    }

    /// Looks now and then whether anybody reads.
    private abstract static class Counted implements Session.ExportSink {
        final PrintWriter to;
        private int rows;

        Counted(PrintWriter to) {
            this.to = to;
        }

        @Override
        public void row(Map<String, Object> values) {
            write(values);
            if (++rows % ROWS_BETWEEN_CHECKS == 0 && to.checkError()) {
                throw new Query.OutputClosedException();
            }
        }

        abstract void write(Map<String, Object> values);

        abstract void end();
    }

    private static final class CsvSink extends Counted {
        CsvSink(PrintWriter to) {
            super(to);
        }

        @Override
        public void table(ExportTable table, List<String> columns) {
            to.print(Csv.line(columns));
        }

        @Override
        void write(Map<String, Object> values) {
            to.print(Csv.line(values.values()));
        }

        @Override
        void end() {}
    }

    private static final class JsonSink extends Counted {
        private final JsonStream document;
        private boolean inTable;

        JsonSink(PrintWriter to, long run) {
            super(to);
            document = new JsonStream(to, SCHEMA, VERSION);
            document.field("run", run);
        }

        @Override
        public void table(ExportTable table, List<String> columns) {
            endTable();
            document.beginArray(table.word());
            inTable = true;
        }

        @Override
        void write(Map<String, Object> values) {
            document.element(values);
        }

        @Override
        void end() {
            endTable();
            document.end();
        }

        private void endTable() {
            if (inTable) {
                document.endArray();
            }
        }
    }
}
