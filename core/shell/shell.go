// Package shell holds the routes that tell of the service itself: name, liveness, readiness, version.
package shell

import (
	"context"
	"errors"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Build says what runs.
type Build struct {
	Version string    // of the program
	Commit  string    // "" when unknown
	BuiltAt time.Time // zero when unknown
}

// Service holds what the routes work with.
type Service struct {
	store   *storage.Store
	build   Build
	started time.Time
}

// New returns the service; started is when this instance began.
func New(s *storage.Store, b Build, started time.Time) *Service { return &Service{s, b, started} }

// Routes are the routes of the shell.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{
			Method: "GET", Pattern: "/", Class: web.Public, Doc: "Name and features of the service.",
			Response: rootReply{}, Handler: s.root,
		},
		{
			Method: "GET", Pattern: "/health", Class: web.Public, Always: true,
			Doc: "Liveness: answers while the module runs; asks nothing.", Response: healthReply{}, Handler: s.health,
		},
		{
			Method: "GET", Pattern: "/health/db", Class: web.Public,
			Doc: "Readiness: one real read of the storage schema.", Response: readinessReply{}, Handler: s.readiness,
			Failures: []web.Failure{{
				Status: 503, Doc: "Storage is not ready", Kinds: []fault.Kind{fault.DatabaseError}, Extra: unready{},
			}},
		},
		{
			Method: "GET", Pattern: "/version", Class: web.Public, Doc: "What is running.",
			Response: versionReply{}, Handler: s.version,
		},
	}
}

const name = "Tracedge"

type rootReply struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Description string   `json:"description"`
	Features    []string `json:"features"`
}

func (s *Service) root(*web.Call) (any, error) {
	return rootReply{
		Name: name, Version: s.build.Version,
		Description: "Supply-chain traceability: accounts, items and circuits at the edge",
		Features:    []string{"accounts", "traced storage"},
	}, nil
}

type healthReply struct {
	Status    string    `json:"status"`
	Timestamp web.TimeZ `json:"timestamp"`
	Uptime    string    `json:"uptime"`
}

func (s *Service) health(c *web.Call) (any, error) {
	now := c.Now()
	return healthReply{"healthy", web.TimeZ(now), now.Sub(s.started).Round(time.Second).String()}, nil
}

type versionReply struct {
	Name    string     `json:"name"`
	Version string     `json:"version"`
	Commit  *string    `json:"commit"`
	BuiltAt *web.TimeZ `json:"built_at"`
	Schema  int        `json:"storage_schema"`
}

func (s *Service) version(*web.Call) (any, error) {
	v := versionReply{Name: name, Version: s.build.Version, Schema: schemaVersion}
	if s.build.Commit != "" {
		v.Commit = &s.build.Commit
	}
	if !s.build.BuiltAt.IsZero() {
		at := web.TimeZ(s.build.BuiltAt)
		v.BuiltAt = &at
	}
	return v, nil
}

type readinessReply struct {
	Database database `json:"database"`
}

// unready is what a failure has of it; one that comes before the read has nothing.
type unready struct {
	Database *database `json:"database,omitempty"`
}

type database struct {
	Status    string    `json:"status"`
	Message   string    `json:"message"`
	Timestamp web.TimeZ `json:"timestamp"`
}

const readinessDeadline = 2 * time.Second

// readiness reads the schema record from the sequencer; nothing but that read decides.
func (s *Service) readiness(c *web.Call) (any, error) {
	ctx, cancel := context.WithTimeout(c.Context(), readinessDeadline)
	defer cancel()
	status, message, kind := "connected", "Storage answers", fault.Kind("")
	schema, found, err := s.schema(ctx)
	switch f := fault.From(err); {
	case errors.Is(err, storage.ErrNotBound):
		status, message, kind = "not_initialized", "No storage is bound", fault.DatabaseError
	case err != nil && f.Kind == fault.Overloaded:
		status, message, kind = "circuit_open", "Storage reports overload", fault.Overloaded
	case err != nil && f.Kind == fault.DatabaseTimeout:
		status, message, kind = "failed", "Storage gave no answer in time", fault.DatabaseTimeout
	case err != nil:
		status, message, kind = "failed", "Storage cannot be read", fault.DatabaseError
	case !found:
		status, message, kind = "not_initialized", "Storage holds no schema yet", fault.DatabaseError
	case schema.Changing || schema.Version != schemaVersion:
		status, message, kind = "connecting", "The storage schema is changing", fault.DatabaseTimeout
	}
	view := database{status, message, web.TimeZ(c.Now())}
	if kind == "" {
		return readinessReply{view}, nil
	}
	return nil, fault.Unavailable(kind, message).With("database", view).Because(err)
}

func (s *Service) schema(ctx context.Context) (schema, bool, error) {
	found, err := s.store.Read(ctx, "shell_read_readiness", systemPartition(), schemaKey())
	if err != nil {
		return schema{}, false, err
	}
	var v schema
	ok, err := found.Get(schemaKey(), &v)
	return v, ok, err
}
