// Package openapi makes the OpenAPI 3.1 document of a route table, and a page of it to read.
//
// Everything in them follows from the routes: parameters from patterns and query types, schemas by reflection from body
// types, credentials from classes, and errors from what a route is and what it adds in Failures.
package openapi
