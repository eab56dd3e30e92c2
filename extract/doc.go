// Package extract reads rows from a company's own database, a page at a time and in an order that can be resumed:
// Postgres, MySQL or MariaDB, and SQLite behind one Source. A row is the source's own texts; nothing on the way passes
// through a float, a time or a driver's type. It opens sources read-only, knows nothing of mappings, of Playvox or of
// state, and hands positions out and takes them back as values.
package extract
