/// The database: where it is, how it is started, opened, migrated and left.
///
/// [io.plimsoll.database.Database] is the door: `forServer` owns and migrates, `forQueries` only reads. What is written
/// and read there is SQL of the rooms above. May enter: model, config, security, the Postgres client, commons-compress,
/// logging.
package io.plimsoll.database;
