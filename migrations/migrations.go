// Package migrations holds the schema of the state, once for each database. Version numbers are the same in all three;
// package state applies them.
package migrations

import "embed"

// FS holds the directories sqlite, postgres and mysql.
//
//go:embed sqlite/*.sql postgres/*.sql mysql/*.sql
var FS embed.FS
