// Package web is the HTTP edge of the product: a route is data, and everything that is the same for all routes happens
// here once.
//
// A Table of routes is checked when it is made and then serves as router, as the source of the endpoint name in every
// record, as the default of authorisation (what has no class is refused) and as the input of documents and audits.
//
// New puts a table behind the middleware of the package and the order of checks in pipeline.go. A handler gets a Call,
// whose path, query and size have been checked already, and returns a value or an error; it never sees the response
// writer. One function, in problem.go, turns errors into responses.
package web
