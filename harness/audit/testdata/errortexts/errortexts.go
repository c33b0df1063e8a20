// Package errortexts lets texts of errors out to clients.
package errortexts

import (
	"errors"
	"fmt"
	"strings"

	"tracedge/core/fault"
	"tracedge/core/web"
)

func direct(err error) []error {
	return []error{
		fault.BadRequest("x", err.Error()),                         // want `errortext: argument 2 of fault.BadRequest is made from the text of an error`
		fault.New(fault.Internal, 500, fmt.Sprintf("no: %v", err)), // want `errortext: argument 3 of fault.New is made from the text of an error`
		fault.BadRequest("x", "No").With("detail", err.Error()),    // want `errortext: argument 3 of .*With is made from the text of an error`
		fault.BadRequest("x", "No").With("detail", err),            // want `errortext: argument 3 of .*With is made from the text of an error`
		fault.BadRequest("x", fmt.Sprintf("at most %d", 5)),
		fault.BadRequest("x", "No").Because(err),
		fault.BadRequest("x", "No").Because(errors.New(err.Error())),
	}
}

func literals(err error) []error {
	f := fault.BadRequest("x", "No")
	f.Message = "no: " + err.Error() // want `errortext: the Message of a fault is made from the text of an error`
	return []error{f, &fault.Error{
		Kind:  fault.Other,
		Code:  strings.ToLower(err.Error()),          // want `errortext: the Code of a fault is made from the text of an error`
		Extra: map[string]any{"detail": err.Error()}, // want `errortext: the Extra of a fault is made from the text of an error`
	}}
}

// Through functions, variables, fields and builders.

func far(err error) []error {
	text := describe(err)
	captured := func() error { return fault.BadRequest("x", text) } // want `errortext: argument 2 of fault.BadRequest`
	var late string
	func() { late = err.Error() }()
	var b strings.Builder
	b.WriteString(err.Error())
	box := &boxed{text: err.Error(), code: "clean"}
	clean, dirty := both(err)
	return []error{
		captured(),
		say(text, "No"),
		fault.BadRequest("x", late),       // want `errortext: argument 2 of fault.BadRequest`
		fault.BadRequest("x", b.String()), // want `errortext: argument 2 of fault.BadRequest`
		fault.BadRequest("x", box.text),   // want `errortext: argument 2 of fault.BadRequest`
		fault.BadRequest("x", box.code),
		fault.BadRequest("x", clean),
		fault.BadRequest("x", generic(clean)),
		fault.BadRequest("x", *pointer(err.Error())), // want `errortext: argument 2 of fault.BadRequest`
		fault.BadRequest("x", dirty),                 // want `errortext: argument 2 of fault.BadRequest`
	}
}

type boxed struct{ text, code string }

func generic[T any](v T) T { return v }

func pointer[T any](v T) *T { return &v }

func describe(err error) string { return "no: " + err.Error() }

func both(err error) (string, string) { return "clean", err.Error() }

func say(text, more string) error {
	if more == "" {
		return fault.BadRequest("x", text) // want `errortext: argument 2 of fault.BadRequest`
	}
	return fault.BadRequest("x", more)
}

func recovered() (err error) {
	defer func() {
		v := recover()
		err = fault.New(fault.Internal, 500, fmt.Sprint(v)) // want `errortext: argument 3 of fault.New`
	}()
	return nil
}

// In what a handler returns.

type reply struct {
	Status string
	Detail string
}

type service struct{}

func (s *service) probe() error { return errors.New("storage: connection refused") }

func (s *service) answer(c *web.Call) (any, error) {
	err := s.probe()
	if c.Address() == "" {
		return map[string]any{"detail": fmt.Sprint(err)}, nil // want `errortext: what .*answer returns is made from the text of an error`
	}
	r := reply{Status: "down"}
	r.Detail = fmt.Sprintf("%v", err) // want `errortext: reply.Detail is made from the text of an error and is part of a response`
	return r, nil
}

func (s *service) kind(c *web.Call) (any, error) {
	err := s.probe()
	return reply{Status: string(fault.KindOf(err)), Detail: "Storage does not answer"}, err
}
