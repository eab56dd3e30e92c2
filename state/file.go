package state

import "context"

var fileTable = upsert{
	table:   "files",
	key:     []string{"hash"},
	replace: []string{"url"},
	keep:    []string{"created_at"},
}

// Files returns where the contents with the given hashes were uploaded to, by hash; those never uploaded are left out.
func (s *Store) Files(ctx context.Context, hashes []string) (map[string]string, error) {
	type file struct{ hash, url string }
	into := func(f *file) []any { return []any{&f.hash, &f.url} }
	found, err := readIn(ctx, s, into, "SELECT hash, url FROM files WHERE hash IN", hashes)
	urls := make(map[string]string, len(found))
	for _, f := range found {
		urls[f.hash] = f.url
	}
	return urls, s.explain("read files", err)
}

// SaveFile writes down where a content was uploaded to, over what was known of its hash.
func (s *Store) SaveFile(ctx context.Context, hash, url string) error {
	return s.write(ctx, "save file", func(w *writer) error {
		return w.upsert(ctx, fileTable, []any{hash, url, stamp(w.Now())})
	})
}
