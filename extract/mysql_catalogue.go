package extract

// catalogue is that of the current database.
func (*mySQL) catalogue() catalogueQueries {
	return catalogueQueries{
		columns: `
			SELECT t.TABLE_NAME, '', t.TABLE_NAME, t.TABLE_TYPE = 'VIEW', coalesce(t.TABLE_ROWS, -1),
				c.COLUMN_NAME, upper(concat(CASE WHEN c.COLUMN_TYPE LIKE '%unsigned%' THEN 'UNSIGNED ' ELSE '' END, c.DATA_TYPE)), '',
				c.IS_NULLABLE = 'YES', c.EXTRA LIKE '%on update%'
			FROM information_schema.TABLES t
			JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
			WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE <> 'SEQUENCE' AND c.PRIVILEGES LIKE '%select%'
			ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION`,
		indexes: `
			SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE = 0, INDEX_NAME = 'PRIMARY', coalesce(COLUMN_NAME, '')
			FROM information_schema.STATISTICS
			WHERE TABLE_SCHEMA = DATABASE() AND INDEX_TYPE = 'BTREE'
			ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
		foreignKeys: `
			SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME,
				concat(CASE WHEN REFERENCED_TABLE_SCHEMA = DATABASE() THEN '' ELSE concat(REFERENCED_TABLE_SCHEMA, '.') END, REFERENCED_TABLE_NAME), REFERENCED_COLUMN_NAME
			FROM information_schema.KEY_COLUMN_USAGE
			WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL
			ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
		triggers: `
			SELECT EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM information_schema.TRIGGERS
			WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_MANIPULATION = 'UPDATE'`,
	}
}

func (*mySQL) catalogueColumn(databaseType, _ string) Column {
	return Column{Kind: mysqlKind(databaseType), Type: databaseType}
}

// accessQueries take the rights to columns as they are in effect, roles included; that to delete rows is one to tables
// only, and is known where it was given to the user itself.
func (*mySQL) accessQueries() accessQueries {
	const user = `GRANTEE = concat('\'', replace(CURRENT_USER(), '@', '\'@\''), '\'')`
	const writing = `PRIVILEGE_TYPE IN ('INSERT', 'UPDATE', 'DELETE', 'DROP')`
	return accessQueries{
		server: `SELECT concat(CASE WHEN VERSION() LIKE '%MariaDB%' THEN 'MariaDB ' ELSE 'MySQL ' END, substring_index(VERSION(), '-', 1)),
			EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE ` + user + ` AND ` + writing + `)`,
		tls: `SHOW SESSION STATUS LIKE 'Ssl_version'`,
		writable: `
			SELECT TABLE_NAME FROM information_schema.COLUMNS
			WHERE TABLE_SCHEMA = DATABASE() AND (PRIVILEGES LIKE '%insert%' OR PRIVILEGES LIKE '%update%')
			UNION SELECT TABLE_NAME FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND ` + user + ` AND ` + writing + `
			UNION SELECT concat(TABLE_SCHEMA, '.*') FROM information_schema.SCHEMA_PRIVILEGES WHERE ` + user + ` AND ` + writing + `
			ORDER BY 1`,
		clock: true,
	}
}

func (*mySQL) explain() (prefix string, columns int) { return "EXPLAIN FORMAT=JSON ", 1 }

func (*mySQL) scans(plan string) []string {
	return scansIn(plan, func(node map[string]any) (string, bool) {
		name, _ := node["table_name"].(string)
		return name, node["access_type"] == "ALL"
	})
}
