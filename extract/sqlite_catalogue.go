package extract

import (
	"slices"
	"strings"
)

// catalogue leaves out virtual tables, whose modules may not be there. An INTEGER PRIMARY KEY is the table's own order and
// has no index; it is described as one.
func (*sqliteDB) catalogue() catalogueQueries {
	const tables = `sqlite_schema s WHERE s.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND s.sql NOT LIKE 'CREATE VIRTUAL%' AND s.type `
	const rowid = `SELECT count(*) FROM pragma_index_list(s.name) WHERE origin = 'pk'`
	return catalogueQueries{
		columns: `
			SELECT s.name, '', s.name, 0, -1, c.name, upper(c.type), '', c."notnull" = 0 AND NOT (c.pk AND (` + rowid + `) = 0), 0
			FROM (SELECT * FROM ` + tables + ` = 'table') s JOIN pragma_table_xinfo(s.name) c
			WHERE c.hidden <> 1
			ORDER BY s.name, c.cid`,
		indexes: `
			SELECT owner, name, is_unique, is_key, col FROM (
			SELECT s.name AS owner, '' AS name, 1 AS is_unique, 1 AS is_key, c.name AS col, 0 AS place, c.pk AS n
			FROM (SELECT * FROM ` + tables + ` = 'table') s JOIN pragma_table_xinfo(s.name) c
			WHERE c.pk AND (` + rowid + `) = 0
			UNION ALL
			SELECT s.name, i.name, i."unique", i.origin = 'pk', coalesce(c.name, ''), i.origin <> 'pk', c.seqno
			FROM (SELECT * FROM ` + tables + ` = 'table') s JOIN pragma_index_list(s.name) i JOIN pragma_index_info(i.name) c
			WHERE NOT i.partial)
			ORDER BY owner, place, name, n`,
		foreignKeys: `
			SELECT s.name, f.id, f."from", f."table", f."to"
			FROM (SELECT * FROM ` + tables + ` = 'table') s JOIN pragma_foreign_key_list(s.name) f
			ORDER BY s.name, f.id, f.seq`,
		triggers: `SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%UPDATE%'`,
		views:    `SELECT name FROM sqlite_schema WHERE type = 'view'`, // where a table is missing below one, its pragma fails
	}
}

func (*sqliteDB) catalogueColumn(declared, _ string) Column {
	return Column{Kind: sqliteKind(declared), Type: declared}
}

// cataloguePragmas only tell about tables, whatever they are given.
var cataloguePragmas = []string{"table_xinfo", "index_list", "index_info", "foreign_key_list"}

func isCataloguePragma(name string) bool { return slices.Contains(cataloguePragmas, name) }

// accessQueries ask for no more than the version: the file is opened for reading only, whoever may write to it.
func (*sqliteDB) accessQueries() accessQueries {
	return accessQueries{server: "SELECT 'SQLite ' || sqlite_version(), 0"}
}

func (*sqliteDB) explain() (prefix string, columns int) { return "EXPLAIN QUERY PLAN ", 4 }

// scans reads one line of a plan, such as SCAN t, or SCAN t USING INDEX i.
func (*sqliteDB) scans(plan string) []string {
	name, ok := strings.CutPrefix(plan, "SCAN ")
	if !ok || strings.Contains(name, " USING ") {
		return nil
	}
	return []string{name}
}
