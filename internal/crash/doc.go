// Package crash marks the points at which a process may die, so that tests can kill it there: internal/pipeline calls At
// between an effect and the record of it. In the product the calls are empty and cost nothing. Only a binary that is
// built with the tag crashpoints obeys PVETL_CRASH and PVETL_CRASH_SETTLE_DELAY; the tests of cmd/pvetl build it.
package crash
