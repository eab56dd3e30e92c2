package sandbox

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
)

// testVirus is how antivirus programs are tested: all of them find it, and it does nothing. It stands here in two
// parts, so that they do not find it here.
var testVirus = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// dropInfected leaves attachments that are uploaded files with a virus out of comments, as the API does: the comment
// itself is accepted.
func (s *Server) dropInfected(comments []Comment) {
	for i := range comments {
		comments[i].Attachments = slices.DeleteFunc(comments[i].Attachments, func(a Attachment) bool {
			file := s.store.files[fileID(a.URL)]
			return file != nil && bytes.Contains(file.Data, testVirus)
		})
	}
}

// fileID is the _id of the uploaded file that a URL may be of: http://HOST/files/ID/NAME.
func fileID(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	rest, _ := strings.CutPrefix(parsed.Path, "/files/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}
