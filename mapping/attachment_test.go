package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/mapping"
)

func TestARowBecomesAnAttachment(t *testing.T) {
	t.Parallel()
	column := mapping.Rule{Column: "c"}
	tests := map[string]struct {
		spec mapping.Attachment
		cell string
		want mapping.AttachmentFile
	}{
		"of bytes as they are": {
			mapping.Attachment{Content: &column}, "\xff\x00\n", mapping.AttachmentFile{Name: "a \"b\".txt", ContentType: "text/plain", Content: []byte("\xff\x00\n")},
		},
		"of no bytes": {
			mapping.Attachment{Content: &column}, "", mapping.AttachmentFile{Name: "a \"b\".txt", ContentType: "text/plain", Content: []byte{}},
		},
		"of an URL": {
			mapping.Attachment{URL: &mapping.Rule{Template: "https://acme.example/{c}"}},
			"x",
			mapping.AttachmentFile{Name: "a \"b\".txt", ContentType: "text/plain", URL: "https://acme.example/x"},
		},
		"of a path": {
			mapping.Attachment{Path: &column}, `C:\x`, mapping.AttachmentFile{Name: "a \"b\".txt", ContentType: "text/plain", Path: `C:\x`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.spec.Name, tt.spec.ContentType = &mapping.Rule{Column: "filename"}, &mapping.Rule{Column: "mime"}
			m, err := mapping.CompileAttachment(tt.spec, []extract.Column{{Name: "filename"}, {Name: "mime"}, {Name: "c", Kind: extract.Bytes}}, nil)
			require.NoError(t, err)
			got, fault := m.Map(row("a \"b\".txt", "text/plain", tt.cell))
			require.Nil(t, fault)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestAnAttachmentMayLackNameAndType(t *testing.T) {
	t.Parallel()
	spec := mapping.Attachment{Name: &mapping.Rule{Column: "filename"}, Content: &mapping.Rule{Column: "content"}}
	m, err := mapping.CompileAttachment(spec, []extract.Column{{Name: "filename"}, {Name: "content"}}, nil)
	require.NoError(t, err)
	got, fault := m.Map(row(null, "x"))
	require.Nil(t, fault)
	require.Equal(t, mapping.AttachmentFile{Content: []byte("x")}, got)
}

func TestAnAttachmentWithoutContentIsRefused(t *testing.T) {
	t.Parallel()
	column := &mapping.Rule{Column: "c"}
	tests := map[string]struct {
		spec  mapping.Attachment
		cells []string
	}{
		"content": {mapping.Attachment{Content: column}, []string{null}},
		"url":     {mapping.Attachment{URL: column}, []string{null, ""}},
		"path":    {mapping.Attachment{Path: column}, []string{null, ""}},
	}
	for field, tt := range tests {
		m, err := mapping.CompileAttachment(tt.spec, []extract.Column{{Name: "c"}}, nil)
		require.NoError(t, err)
		for _, text := range tt.cells {
			_, fault := m.Map(row(text))
			require.NotNil(t, fault)
			require.Equal(t, []string{field, "c", "required"}, []string{fault.Field, fault.Column, fault.Rule})
		}
	}
}

func TestAnAttachmentHasExactlyOnePlace(t *testing.T) {
	t.Parallel()
	column := &mapping.Rule{Column: "c"}
	for _, spec := range []mapping.Attachment{{Name: column}, {URL: column, Path: column}, {Content: column, URL: column}} {
		_, err := mapping.CompileAttachment(spec, []extract.Column{{Name: "c"}}, nil)
		require.EqualError(t, err, "an attachment has exactly one of content, url and path")
	}
}
