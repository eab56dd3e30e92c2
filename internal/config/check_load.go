package config

// checkUnused says which keys of a stream that is read by its parents alone do nothing.
func (c *checker) checkUnused(at path) {
	for _, name := range []string{"cursor", "lag", "start"} {
		if _, given := c.places[at.key(name)]; given {
			c.warn(at.key(name), "found "+name+", which is not used: files are read with their comments")
		}
	}
}

// checkLoad compares how a job's rows are sent with how they are read.
func (c *checker) checkLoad(at path, job Job) {
	loadAt := at.key("load")
	c.checkDeletes(loadAt, job)
	rootAt, pathAt := loadAt.key("files_root"), at.key("mapping").key("attachment").key("path")
	hasPath := job.Mapping.Attachment != nil && job.Mapping.Attachment.Path != nil
	switch {
	case hasPath && job.Load.FilesRoot == "" && !c.unknown(rootAt):
		c.fault(pathAt, "found a path without load.files_root, expected both: the directory below which files may be read")
	case !hasPath && job.Load.FilesRoot != "" && !c.unknown(pathAt):
		c.hint(rootAt, "found a directory of which nothing is read: mapping.attachment has no path")
	}
}

// checkDeletes says when what vanished from the source is deleted: it is found only where everything is read.
func (c *checker) checkDeletes(at path, job Job) {
	deletesAt, maxAt := at.key("deletes"), at.key("max_deletes")
	read := job.Extract.Interactions
	_, limits := c.places[maxAt]
	switch {
	case job.Load.Deletes != "delete" && limits && !c.unknown(deletesAt):
		c.hint(maxAt, "found a limit of what is deleted, and nothing is: deletes is not delete")
	case job.Load.Deletes != "delete":
	case read.Start != "":
		c.warn(deletesAt, "found delete together with extract.interactions.start: nothing is ever deleted, because what lies before start is never read")
	case read.Cursor != "":
		c.warn(deletesAt, "found delete together with extract.interactions.cursor: only runs that read everything delete, "+
			"which are the first one, the one after a change of the mapping, and the one after 'pvetl watermark "+job.Name+" reset'")
	}
}
