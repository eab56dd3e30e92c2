package extract

import "strconv"

// catalogue leaves out partitions, which their table stands for, and what an extension brought. A domain is described as
// the type below it, as in results.
func (*postgres) catalogue() catalogueQueries {
	return catalogueQueries{
		columns: `
			SELECT c.oid, CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname END, c.relname, c.relkind IN ('v', 'm'),
				CASE WHEN c.reltuples > 0 THEN CAST(c.reltuples AS bigint) ELSE -1 END,
				a.attname, format_type(t.oid, NULL), CASE WHEN t.typcategory = 'A' THEN -CAST(t.typelem AS bigint) ELSE CAST(t.oid AS bigint) END, NOT a.attnotnull, false
			FROM pg_catalog.pg_class c
			JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			JOIN pg_catalog.pg_type d ON d.oid = a.atttypid
			JOIN pg_catalog.pg_type t ON t.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END
			WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
				AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
				AND has_column_privilege(c.oid, a.attnum, 'SELECT')
				AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
			ORDER BY c.oid, a.attnum`,
		indexes: `
			SELECT i.indrelid, i.indexrelid, i.indisunique, i.indisprimary, coalesce(a.attname, '')
			FROM pg_catalog.pg_index i
			JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
			JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'btree'
			CROSS JOIN unnest(CAST(i.indkey AS smallint[])) WITH ORDINALITY AS k (attnum, n)
			LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
			WHERE i.indisvalid AND i.indpred IS NULL AND k.n <= i.indnkeyatts
			ORDER BY i.indrelid, NOT i.indisprimary, c.relname, i.indexrelid, k.n`,
		foreignKeys: `
			SELECT f.conrelid, f.oid, a.attname, CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || r.relname, b.attname
			FROM pg_catalog.pg_constraint f
			JOIN pg_catalog.pg_class r ON r.oid = f.confrelid
			JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
			CROSS JOIN unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (attnum, refnum, n)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
			JOIN pg_catalog.pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.refnum
			WHERE f.contype = 'f'
			ORDER BY f.conrelid, f.conname, k.n`,
		triggers: `
			SELECT t.tgrelid, pg_get_triggerdef(t.oid) || ' ' || p.prosrc
			FROM pg_catalog.pg_trigger t
			JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
			WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 16 <> 0`, // 16: UPDATE
	}
}

// catalogueColumn reads a type's number, that of an array's elements with a minus.
func (*postgres) catalogueColumn(databaseType, oid string) Column {
	n, _ := strconv.ParseInt(oid, 10, 64)
	if n < 0 {
		return Column{Kind: Array, Elem: postgresKind(uint32(-n)), Type: databaseType}
	}
	return Column{Kind: postgresKind(uint32(n)), Type: databaseType}
}

// accessQueries name the tables that the user may change, by whatever role it has the right.
func (*postgres) accessQueries() accessQueries {
	return accessQueries{
		server: `SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1), rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user`,
		tls:    `SELECT '', version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl`,
		writable: `
			SELECT CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || c.relname
			FROM pg_catalog.pg_class c
			JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
				AND has_schema_privilege(n.oid, 'USAGE')
				AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
			ORDER BY 1`,
		clock: true,
	}
}

func (*postgres) explain() (prefix string, columns int) { return "EXPLAIN (FORMAT JSON) ", 1 }

func (*postgres) scans(plan string) []string {
	return scansIn(plan, func(node map[string]any) (string, bool) {
		name, _ := node["Relation Name"].(string)
		return name, node["Node Type"] == "Seq Scan"
	})
}
