package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const apiPrefix = "/api/v1/"

// route is one call of the API and the work behind it. The work is done under the server's lock.
type route struct {
	method  string
	path    string
	kind    Kind
	accepts accepts
	work    func(r *http.Request, body []byte) (any, error)
}

func (s *Server) routes() []route {
	const (
		integration = "integrations/{integration}"
		comments    = "interactions/{interaction}/comments"
	)
	return []route{
		{http.MethodGet, "integrations", SchemaRead, nothing, s.listIntegrations},
		{http.MethodPost, "integrations", SchemaWrite, document, s.createIntegration},
		{http.MethodPut, integration, SchemaWrite, document, s.updateIntegration},
		{http.MethodDelete, integration, SchemaWrite, nothing, s.deleteIntegration},
		{http.MethodPost, integration + "/metadata", SchemaWrite, document, s.createMetadata},
		{http.MethodPut, integration + "/metadata/{metadata}", SchemaWrite, document, s.updateMetadata},
		{http.MethodDelete, integration + "/metadata/{metadata}", SchemaWrite, nothing, s.deleteMetadata},
		{http.MethodGet, integration + "/interactions", Lookup, nothing, s.listInteractions},
		{http.MethodPost, integration + "/interactions", Create, document, s.createInteraction},
		{http.MethodPut, integration + "/interactions/{interaction}", Update, document, s.updateInteraction},
		{http.MethodDelete, integration + "/interactions/{interaction}", Delete, nothing, s.deleteInteraction},
		{http.MethodPost, integration + "/bulk/interactions", Bulk, batch, s.createBulk},
		{http.MethodGet, comments, Lookup, nothing, s.listComments},
		{http.MethodPost, comments, CommentWrite, document, s.createComment},
		{http.MethodPut, comments + "/{comment}", CommentWrite, document, s.updateComment},
		{http.MethodDelete, comments + "/{comment}", CommentWrite, nothing, s.deleteComment},
		{http.MethodGet, "jobs/{job}", Poll, nothing, s.getJob},
		{http.MethodPost, "files", Upload, upload, s.createFile},
		{http.MethodGet, "users", SchemaRead, nothing, s.listUsers},
	}
}

// handleAPI registers one handler per path, so that a wrong method is told from an unknown path.
func (s *Server) handleAPI() {
	paths := map[string]map[string]route{}
	for _, each := range s.routes() {
		if paths[each.path] == nil {
			paths[each.path] = map[string]route{}
		}
		paths[each.path][each.method] = each
	}
	for path, methods := range paths {
		s.mux.HandleFunc(apiPrefix+path, func(w http.ResponseWriter, r *http.Request) {
			called, ok := methods[r.Method]
			if !ok {
				called = wrongMethod(path, methods)
			}
			s.serve(w, r, called)
		})
	}
	s.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, unknownPath) })
}

func wrongMethod(path string, methods map[string]route) route {
	var allowed []string
	for method := range methods {
		allowed = append(allowed, method)
	}
	slices.Sort(allowed)
	allow := strings.Join(allowed, ", ")
	return route{path: path, kind: Other, work: func(r *http.Request, _ []byte) (any, error) {
		reason := fmt.Sprintf("method %s: %s allows %s", r.Method, r.URL.Path, allow)
		return nil, &refusal{status: http.StatusMethodNotAllowed, reason: reason, allow: allow}
	}}
}

var unknownPath = route{path: "…", kind: Other, work: func(r *http.Request, _ []byte) (any, error) {
	reason := fmt.Sprintf("path %s: the API has no such call; its calls begin with %s", r.URL.Path, apiPrefix)
	return nil, &refusal{status: http.StatusNotFound, reason: reason}
}}
