/// Answers questions about runs, from the database only: any run can be rendered again at any time, and the same
/// database gives the same bytes.
///
/// The way of a report: `Reports` reads SQL into the records of `RunReport`; `TextReport` and `JsonReport` are pure
/// functions of those. What lists many rows (`RunList`, `EventRows`, `ExportTable`) hands out cursors instead.
package io.plimsoll.report;
