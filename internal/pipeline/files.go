package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"

	"pvetl/extract"
	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/mapping"
	"pvetl/state"
)

// Files reads the attachments of comments.
type Files interface {
	Children
	ChildKeys(ctx context.Context, parents []string, sizeOf string) ([]extract.Child, error)
	RowsOf(ctx context.Context, parents, keys []string) (extract.Page, error)
}

// attachments is the stream of files with its mapping.
type attachments struct {
	rows    Files
	key     func(extract.Row) string
	parent  func(extract.Row) string
	mapper  *mapping.AttachmentMapper
	content string // the column that holds the bytes; empty where the rows name an URL or a path
	root    string // the directory below which paths lie
	account string // where uploads go to: the same bytes have another URL elsewhere
}

// file is one file of a comment on its way through a run.
type file struct {
	key      string
	name     string
	identity string // of its content: an URL, or the hash of its bytes
	url      string // empty until it is uploaded
	fault    *mapping.Fault
	reject   *state.Reject
}

// attach reads the files of comments and adds them, uploading what Playvox does not hold yet if that is wanted. A file
// that is at fault stays behind alone.
func (r *run) attach(ctx context.Context, remarks []*remark, upload bool) error {
	if r.attachments == nil || len(remarks) == 0 {
		return nil
	}
	r.filing.Lock()
	defer r.filing.Unlock()
	byKey := make(map[string][]*remark, len(remarks))
	parents := make([]string, len(remarks))
	for i, m := range remarks {
		m.files, m.comment.Attachments = nil, nil
		parents[i], byKey[m.key] = m.key, append(byKey[m.key], m)
	}
	err := r.attachments.each(ctx, parents, func(row extract.Row, key, parent string, fault *mapping.Fault) error {
		f, err := r.readFile(ctx, row, key, fault, upload && !r.options.DryRun)
		for _, m := range byKey[parent] {
			m.files = append(m.files, f)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range remarks {
		m.addFiles()
	}
	return r.rejectFiles(ctx, remarks)
}

// each hands out the files of some comments, one row in memory at a time where the rows hold the bytes.
func (a *attachments) each(ctx context.Context, parents []string, take func(row extract.Row, key, parent string, fault *mapping.Fault) error) error {
	if a.content == "" {
		page, err := a.rows.Children(ctx, parents)
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamAttachments, err)
		}
		for _, row := range page.Rows {
			if err := take(row, a.key(row), a.parent(row), nil); err != nil {
				return err
			}
		}
		return nil
	}
	children, err := a.rows.ChildKeys(ctx, parents, a.content)
	if err != nil {
		return fmt.Errorf("reading %s: %w", StreamAttachments, err)
	}
	for _, child := range children {
		if child.Size > load.MaxFile {
			if err := take(nil, child.Key, child.Parent, tooLarge(child.Size)); err != nil {
				return err
			}
			continue
		}
		page, err := a.rows.RowsOf(ctx, []string{child.Parent}, []string{child.Key})
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamAttachments, err)
		}
		for _, row := range page.Rows {
			if err := take(row, a.key(row), a.parent(row), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func tooLarge(size int64) *mapping.Fault {
	return &mapping.Fault{
		Field: "content", Value: fmt.Sprintf("%d bytes", size), Rule: "max_size",
		Reason: fmt.Sprintf("the file has %d bytes; Playvox takes at most 10 MB (%d bytes)", size, load.MaxFile),
	}
}

// readFile finds out what a file is, and uploads it if that is wanted. The error is not the file's fault, and stops the run.
func (r *run) readFile(ctx context.Context, row extract.Row, key string, fault *mapping.Fault, upload bool) (*file, error) {
	f := &file{key: key, fault: fault}
	if long := tooLong(key); long != nil {
		f.key, f.fault = long.Value, long
	}
	mapped := r.attachments.recognise(f, row)
	if !upload || f.url != "" || f.identity == "" {
		return f, nil
	}
	return f, r.upload(ctx, f, mapped)
}

// recognise maps a row and finds out what its file is: an address, or bytes. Of a file that is at fault it is neither.
func (a *attachments) recognise(f *file, row extract.Row) (mapped mapping.AttachmentFile) {
	if f.fault != nil {
		return mapped
	}
	if mapped, f.fault = a.mapper.Map(row); f.fault != nil {
		return mapped
	}
	f.name = mapped.Name
	if mapped.URL != "" {
		f.url, f.identity = mapped.URL, "url:"+mapped.URL
		return mapped
	}
	if mapped.Content == nil {
		if mapped.Content, f.fault = a.open(mapped.Path); f.fault != nil {
			return mapped
		}
		f.name = cmp.Or(f.name, filepath.Base(mapped.Path))
	}
	if size := int64(len(mapped.Content)); size > load.MaxFile {
		f.fault = tooLarge(size)
		return mapped
	}
	f.identity = a.identify(mapped.Content)
	return mapped
}

func (a *attachments) identify(content []byte) string {
	sum := sha256.New()
	sum.Write([]byte(a.account))
	sum.Write([]byte{0})
	sum.Write(content)
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// upload brings a file to Playvox unless the same bytes are there already.
func (r *run) upload(ctx context.Context, f *file, mapped mapping.AttachmentFile) error {
	known, err := r.store.Files(ctx, []string{f.identity})
	if err != nil {
		return err
	}
	if f.url = known[f.identity]; f.url != "" {
		return nil
	}
	url, err := r.uploadOnce(ctx, load.File{Name: f.name, ContentType: mapped.ContentType, Content: mapped.Content})
	switch {
	case err == nil:
	case load.OutcomeOf(err) == load.Refused:
		f.fault = &mapping.Fault{Field: "content", Value: f.name, Rule: "refused", Reason: words(err)}
		return nil
	default:
		return fmt.Errorf("uploading the file %s: %w", f.key, err)
	}
	crash.At(crash.FileUploaded)
	f.url = url
	saving, cancel := afterEffect(ctx)
	defer cancel()
	err = r.store.SaveFile(saving, f.identity, url)
	crash.At(crash.FileSaved)
	return err
}

// uploadTries is how often a file is uploaded whose fate is not known.
const uploadTries = 3

// uploadOnce uploads a file until it is known to be there. Nobody can ask Playvox for files, and one too many is seen by
// nobody: it belongs to no comment.
func (r *run) uploadOnce(ctx context.Context, file load.File) (url string, err error) {
	for range uploadTries {
		url, err = r.playvox.Upload(ctx, file)
		if err == nil || load.OutcomeOf(err) != load.Uncertain || ctx.Err() != nil {
			break
		}
	}
	return url, err
}

// addFiles gives a comment its files, in the order of their keys.
func (m *remark) addFiles() {
	slices.SortStableFunc(m.files, func(a, b *file) int { return compareKeys(a.key, b.key) })
	var texts []string
	for _, f := range m.files {
		if f.fault != nil {
			continue
		}
		texts = append(texts, f.identity, f.name)
		m.comment.Attachments = append(m.comment.Attachments, load.Attachment{URL: f.url, Name: f.name})
	}
	m.hash.files = ""
	if len(texts) > 0 {
		m.hash.files = hashTexts(texts...)
	}
}

// rejectFiles records the files that stay behind.
func (r *run) rejectFiles(ctx context.Context, remarks []*remark) error {
	var keys []string
	for _, m := range remarks {
		for _, f := range m.files {
			keys = append(keys, f.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	known, err := r.knownRejects(ctx, StreamAttachments, keys)
	if err != nil {
		return err
	}
	s := newSettlement()
	for _, m := range remarks {
		for _, f := range m.files {
			if reject, ok := known[f.key]; ok {
				f.reject = &reject
			}
			if f.fault != nil && rejection(f.fault, f.reject) == isRejected {
				s.Rejects = append(s.Rejects, r.rejectOf(StreamAttachments, f.key, f.fault))
			}
		}
	}
	return r.settle(ctx, s)
}

// healFiles takes the files of a comment that went through off the list of rejects.
func healFiles(s *settlement, m *remark) {
	for _, f := range m.files {
		if f.fault == nil && f.reject != nil {
			s.heal(StreamAttachments, f.key)
		}
	}
}
