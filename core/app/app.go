// Package app puts the product together: the store over its back ends, the resources, their routes.
package app

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/actions"
	"tracedge/core/activity"
	"tracedge/core/adapters"
	"tracedge/core/adapters/probe"
	"tracedge/core/admin"
	"tracedge/core/after"
	"tracedge/core/apidocs"
	"tracedge/core/auth"
	"tracedge/core/circuititems"
	"tracedge/core/circuits"
	"tracedge/core/config"
	"tracedge/core/credits"
	"tracedge/core/events"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/items"
	"tracedge/core/keys"
	"tracedge/core/limits"
	"tracedge/core/listing"
	"tracedge/core/locals"
	"tracedge/core/mail"
	"tracedge/core/message"
	"tracedge/core/notices"
	"tracedge/core/placement"
	"tracedge/core/platform"
	"tracedge/core/secret"
	"tracedge/core/shell"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/tally"
	"tracedge/core/trace"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Options are what the product is built on. All are needed.
type Options struct {
	Vars      map[string]string // the deployment's variables, see package config
	Sequencer storage.Sequencer
	Edge      storage.Edge
	Fetcher   platform.Fetcher
	Logger    trace.Logger
	Clock     func() time.Time
	Random    io.Reader
	Build     shell.Build
}

// App serves the whole API.
type App struct {
	options  Options
	server   *web.Server
	table    *web.Table
	store    *storage.Store
	shell    *shell.Service
	auth     *auth.Service
	counter  *tally.Counter
	adapters *adapters.Service
	ready    bool // settings are complete

	started atomic.Bool // the first request has been served
	running sync.WaitGroup
}

// New assembles the product. Settings that are missing or unusable do not fail it: every route but liveness then answers
// 503, and a record names each of them.
func New(o Options) (*App, error) {
	c, problems := config.Parse(o.Vars)
	counter := tally.NewCounter(o.Logger, o.Clock)
	o.Logger = counter
	store := storage.New(storage.Options{
		Sequencer: o.Sequencer, Edge: o.Edge, Logger: o.Logger, Clock: o.Clock, Random: o.Random,
		Sealer: secret.Derived(c.JWTSecret, "tracedge short-lived records", o.Random),
	})
	directory := accounts.NewDirectory(store)
	rows := userrows.New(store)
	activity.Register(rows)
	lists := listing.New(store, rows)
	localThings := locals.New(locals.Options{Config: c, Store: store, Lists: lists})
	notices.Handle(store)
	mail.NewSender(store, c.Mail, o.Fetcher, o.Clock, o.Logger)
	throttles, kept, gate := limits.New(store), idem.New(store), web.NewGate(auth.LoginConcurrency)
	a := &App{
		options: o, store: store, counter: counter, ready: len(problems) == 0,
		shell: shell.New(store, o.Build, o.Clock()),
		auth: auth.New(auth.Options{
			Config: c, Store: store, Accounts: directory, Limits: throttles, Clock: o.Clock, Random: o.Random, Gate: gate,
		}),
	}
	apiKeys := keys.New(keys.Options{Config: c, Store: store, Accounts: directory, Random: o.Random})
	admins := admin.New(admin.Options{Config: c, Store: store, Accounts: directory, Actions: actions.NewLog(store)})
	counts, holds := storagehistory.NewCounts(store, rows), credits.NewHolds(store, c)
	a.adapters = adapters.New(adapters.Options{
		Config: c, Store: store, Accounts: directory, Fetcher: o.Fetcher, Logger: o.Logger, Clock: o.Clock, Random: o.Random,
		Rows: rows, Counts: counts,
	})
	things := items.New(items.Options{
		Config: c, Store: store, Accounts: directory, Rows: rows, Lists: lists, Locals: localThings,
		Holds: holds,
	})
	localThings.Items = things
	things.Circuits = circuititems.Access{Store: store}
	circuitService := circuits.New(circuits.Options{
		Config: c, Store: store, Accounts: directory, Limits: throttles, Keys: kept, Gate: gate, Random: o.Random,
	})
	happened := events.New(events.Options{
		Config: c, Store: store, Rows: rows, Items: events.ItemsOf(things), Circuits: circuitService, Random: o.Random,
	})
	moves := circuititems.New(circuititems.Options{
		Config: c, Store: store, Accounts: directory, Items: things, Locals: localThings, Events: happened, Holds: holds,
	})
	circuitService.Show(happened)
	var err error
	if a.table, err = web.NewTable(
		a.shell.Routes(), a.auth.Routes(), tally.NewService(store).Routes(),
		credits.NewService(store, directory, c).Routes(), apiKeys.Routes(), things.Routes(),
		admins.Routes(), a.adapters.Routes(), circuitService.Routes(), localThings.Routes(),
		happened.Routes(), moves.Routes(), activity.Routes(),
		placement.New(placement.Options{
			Config: c, Store: store, Accounts: directory, Items: things, Circuits: circuitService, Adapters: a.adapters,
			Counts: counts, Holds: holds,
		}).Routes(),
		probe.New(probe.Options{Store: store, Adapters: a.adapters, Random: o.Random, Clock: o.Clock}).Routes(),
		apidocs.New(o.Build.Version).Routes(),
	); err != nil {
		return nil, err
	}
	a.server, err = web.New(web.Options{
		Table: a.table, Authenticator: auth.NewAuthenticator(a.auth, apiKeys), Quota: apiKeys.Quota,
		Logger: o.Logger, Clock: o.Clock, Random: o.Random,
		Version: o.Build.Version, TrustedProxies: c.TrustedProxies, Idempotency: kept,
		Unconfigured: settings(problems),
	})
	return a, err
}

// Table is the product's routes as data.
func (a *App) Table() *web.Table { return a.table }

// Serve answers one request and returns the work that follows the response, nil when there is none. The caller sends the
// response first and then does the work.
func (a *App) Serve(ctx context.Context, r *message.Request) (response message.Response, finish func()) {
	var group after.Group
	ctx = after.With(ctx, &group)
	for _, refused := range platform.From(ctx).Refused {
		a.counter.Refused(refused.Kind, refused.Endpoint, refused.Count)
	}
	response = a.server.Serve(ctx, r)
	started, due := a.started.Swap(true), a.counter.Due()
	if started && !due && group.Empty() {
		return response, nil
	}
	return response, func() {
		if !started {
			a.background("startup", a.start)
		}
		group.Run(a.report)
		if due {
			a.background("tally", func(ctx context.Context) error { return a.counter.Flush(ctx, a.store) })
		}
	}
}

// Answer is Serve for servers that are ordinary programs: the work goes on by itself after the response. See Drain.
func (a *App) Answer(ctx context.Context, r *message.Request) message.Response {
	response, finish := a.Serve(ctx, r)
	if finish != nil {
		a.running.Go(finish)
	}
	return response
}

// Drain waits for the work that follows responses.
func (a *App) Drain() { a.running.Wait() }

// start is what an instance does once, after its first response: the schema of a new storage and the first admin.
func (a *App) start(ctx context.Context) error {
	return errors.Join(a.shell.Initialise(ctx), a.auth.Bootstrap(ctx, a.options.Logger))
}

// sweepPartitions bounds one sweep; the next one goes on.
const sweepPartitions = 200

// Sweep is the scheduled work: what start does, and everything that requests left behind.
func (a *App) Sweep(ctx context.Context) {
	a.background("sweep", func(ctx context.Context) error {
		err := errors.Join(a.start(ctx), a.adapters.Bootstrap(ctx))
		n, sweepErr := a.store.Sweep(ctx, sweepPartitions)
		notice := trace.FromContext(ctx).Notice("info", "sweep", "Swept")
		notice.Count = n
		a.options.Logger.Log(notice)
		return errors.Join(err, sweepErr)
	})
}

// background runs work under a span of its own, with nothing to follow it.
func (a *App) background(task string, work func(context.Context) error) {
	if !a.ready {
		return
	}
	span := trace.Start(trace.Options{Clock: a.options.Clock, Random: a.options.Random}, "BACKGROUND", "")
	span.SetEndpoint(task)
	var group after.Group
	ctx := trace.With(context.Background(), span)
	after.Do(after.With(ctx, &group), task, work)
	group.Run(a.report)
}

// report records that background work failed. What it left is the sweep's.
func (a *App) report(ctx context.Context, task string, err error) {
	span := trace.FromContext(ctx)
	if span == nil {
		return
	}
	a.options.Logger.Log(span.BackgroundError(task, string(fault.KindOf(err))))
}

func settings(problems []config.Problem) []string {
	var names []string
	for _, p := range problems {
		names = append(names, p.Setting)
	}
	return names
}
