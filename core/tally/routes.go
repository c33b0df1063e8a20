package tally

import (
	"cmp"
	"slices"
	"time"

	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service is the route of the live look.
type Service struct{ store *storage.Store }

// NewService returns the service over a store.
func NewService(s *storage.Store) *Service { return &Service{s} }

// Routes are the routes of the package.
func (s *Service) Routes() []web.Route {
	return []web.Route{{
		Method: "GET", Pattern: "/api/admin/errors", Class: web.Admin, Envelope: true,
		Doc:   "Errors of the last minutes or hours by kind and endpoint, with the latest samples.",
		Query: errorsQuery{}, Response: errorsReply{}, Handler: s.errors,
	}}
}

type errorsQuery struct {
	Window window `query:"window" default:"15m"`
}

// window is a span of time that can be looked back at.
type window string

// Allowed are the values of the query.
func (window) Allowed() []string { return []string{"15m", "1h", "24h"} }

func (w window) length() time.Duration {
	d, _ := time.ParseDuration(string(w)) // an allowed value is a duration
	return d
}

type errorsReply struct {
	Success    bool        `json:"success"`
	Window     window      `json:"window"`
	Since      web.TimeZ   `json:"since"`
	Until      web.TimeZ   `json:"until"`
	Requests   web.JSSafe  `json:"requests"`
	Errors     web.JSSafe  `json:"errors"`
	Rate       float64     `json:"error_rate" doc:"Of the requests, 0 to 1"`
	ByKind     []kindCount `json:"by_kind" doc:"Most first"`
	ByEndpoint []pathCount `json:"by_endpoint"`
	Samples    []sample    `json:"samples" doc:"Latest first"`
}

type kindCount struct {
	Kind  string     `json:"error_kind"`
	Count web.JSSafe `json:"count"`
}

type pathCount struct {
	Endpoint string     `json:"endpoint"`
	Count    web.JSSafe `json:"count"`
}

type sample struct {
	Time      web.TimeZ `json:"time"`
	TraceID   string    `json:"trace_id"`
	Endpoint  string    `json:"endpoint"`
	Method    string    `json:"method"`
	Status    int       `json:"status_code"`
	ErrorKind string    `json:"error_kind"`
}

// errors sums what isolates have flushed; what happened in the last FlushEvery may be missing.
func (s *Service) errors(c *web.Call) (any, error) {
	w, now := web.Query[errorsQuery](c).Window, c.Now()
	since := now.Add(-w.length())
	r, err := Read(c.Context(), s.store, since)
	if err != nil {
		return nil, err
	}
	reply := errorsReply{
		Success: true, Window: w, Since: web.TimeZ(since), Until: web.TimeZ(now),
		Requests: web.JSSafe(r.Requests), Errors: web.JSSafe(r.Errors),
		ByKind: []kindCount{}, ByEndpoint: []pathCount{}, Samples: []sample{},
	}
	if r.Requests > 0 {
		reply.Rate = float64(r.Errors) / float64(r.Requests)
	}
	for _, k := range ranked(r.ByKind) {
		reply.ByKind = append(reply.ByKind, kindCount{k, web.JSSafe(r.ByKind[k])})
	}
	for _, k := range ranked(r.ByEndpoint) {
		reply.ByEndpoint = append(reply.ByEndpoint, pathCount{k, web.JSSafe(r.ByEndpoint[k])})
	}
	for _, v := range r.Samples {
		reply.Samples = append(reply.Samples, sample{web.TimeZ(v.Time), v.TraceID, v.Endpoint, v.Method, v.Status, v.ErrorKind})
	}
	return reply, nil
}

// ranked is the names of counts, most first.
func ranked(counts map[string]int64) []string {
	names := make([]string, 0, len(counts))
	for k := range counts {
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return names
}
