/// What a person wrote: YAML files, environment variables and flags, turned into checked settings or into one clear
/// line for each mistake, with its place.
///
/// [Settings] is the door. Defaults live in one place, the JSON schemas of `conf/schema`. The room also owns how log
/// lines look ([Logging], [EventConverter]), because a person reads them, and edits `conf/logback*.xml`.
package io.plimsoll.config;
